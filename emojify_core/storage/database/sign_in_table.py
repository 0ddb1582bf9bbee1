"""The table of browsers' sign-ins."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from emojify_core.storage.database.tables import Base


class SignInRow(Base):
    """One browser that showed a key or the administrator's token. Signing out deletes the row."""

    __tablename__ = "sign_ins"

    # A hash: who reads the database or a backup cannot use the sign-in.
    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(index=True)
