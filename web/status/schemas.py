"""The shape of the health answers."""

from pydantic import BaseModel, Field


class Health(BaseModel):
    """What answers, what does not, and why."""

    ok: list[str]
    failing: dict[str, str]
    degraded: dict[str, str] = Field(
        default={}, description="What is wrong while predictions are still answered."
    )
