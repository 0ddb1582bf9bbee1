"""What a client shows once: an API key, or the administrator's token. Browsers sign in with it."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta

from flask import request

from emojify_core.storage.sign_ins.repository import SignInRepository
from web.auth.browser_sign_ins import BrowserSignIns
from web.http.request_parsing import require_same_origin

SIGNED_IN_FOR = timedelta(hours=12)  # that a browser stays the administrator's
KEY_SIGNED_IN_FOR = timedelta(days=365)  # that a browser stays a key holder's

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ApiKeys:
    """The keys of this server. The database holds a key's owner, never the key."""

    def __init__(self, keys: Sequence[str], sign_ins: SignInRepository) -> None:
        self.browsers = BrowserSignIns(sign_ins, "key", KEY_SIGNED_IN_FOR)
        self.required = bool(keys)  # whether this server answers only requests that show a key
        self._owners = {key: f"key:{hashlib.sha256(key.encode()).hexdigest()[:16]}" for key in keys}

    def owner(self, given: str) -> str | None:
        """Return the owner of a key; None if the key is not valid."""
        return next((o for key, o in self._owners.items() if _same_secret(given, key)), None)

    def signed_in_owner(self) -> str | None:
        """Return the owner of the key that this browser signed in with, if it is still valid."""
        owner = self.browsers.owner() if self.required else None
        return owner if owner in self._owners.values() else None


class Administrator:
    """The administrator's token, and the browsers that signed in with it."""

    def __init__(self, token: str, sign_ins: SignInRepository) -> None:
        self.browsers = BrowserSignIns(sign_ins, "administrator", SIGNED_IN_FOR)
        self._token = token
        # The database holds this digest instead of the token. A new token ends all sessions.
        self._digest = hashlib.sha256(f"signed in with {token}".encode()).hexdigest()[:32]

    def is_token(self, secret: str) -> bool:
        """Return whether this is the administrator's token."""
        return _same_secret(secret.strip(), self._token)

    def sign_in(self) -> None:
        """Remember this browser as the administrator's for SIGNED_IN_FOR."""
        self.browsers.begin(self._digest)

    def is_signed_in(self) -> bool:
        """Return whether this browser is signed in. Raises Problem 403 for another site's form."""
        if not _same_secret(self.browsers.owner() or "", self._digest):
            return False
        require_own_page()
        return True


def bearer_token() -> str:
    """Return the token of `Authorization: Bearer TOKEN`; empty without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def require_own_page() -> None:
    """Raise Problem 403 when another site uses a visitor's cookie to change something."""
    if request.method not in _SAFE_METHODS:
        require_same_origin()


def _same_secret(given: str, expected: str) -> bool:
    """Compare in constant time. An empty secret equals none."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode()) and given != ""
