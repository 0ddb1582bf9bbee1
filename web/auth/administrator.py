"""The administrator's token, and the browsers that signed in with it."""

import hashlib
import time

from flask import session

from web.auth.credentials import require_own_page, same_secret

SIGNED_IN_FOR = 12 * 3600  # seconds


class Administrator:
    """Checks the token, and keeps in a browser's cookie that it was shown."""

    def __init__(self, token: str) -> None:
        self._token = token
        # The cookie holds this digest instead of the token. A new token ends all sessions.
        self._digest = hashlib.sha256(f"signed in with {token}".encode()).hexdigest()[:32]

    def is_token(self, secret: str) -> bool:
        """Return whether this is the administrator's token."""
        return same_secret(secret.strip(), self._token)

    def sign_in(self) -> None:
        """Remember this browser as the administrator's for SIGNED_IN_FOR seconds."""
        session["administrator"] = self._digest
        session["until"] = int(time.time()) + SIGNED_IN_FOR

    def is_signed_in(self) -> bool:
        """Return whether this browser is signed in. Raises Problem 403 for another site's form."""
        digest = session.get("administrator")
        if not digest or not same_secret(digest, self._digest):
            return False
        require_own_page()
        return time.time() < float(session["until"])
