"""The API keys of a server that needs one, and the browsers that signed in with one."""

import hashlib
from collections.abc import Sequence

from flask import session

from web.auth.credentials import same_secret


class ApiKeys:
    """Names the owner of a key. Only a digest of the key is stored or sent, never the key."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._owners = {key: f"key:{hashlib.sha256(key.encode()).hexdigest()[:16]}" for key in keys}

    @property
    def required(self) -> bool:
        """Whether this server answers only requests that show a key."""
        return bool(self._owners)

    def owner(self, given: str) -> str | None:
        """Return the owner of a key; None if the key is not valid."""
        return next((o for key, o in self._owners.items() if same_secret(given, key)), None)

    def signed_in_owner(self) -> str | None:
        """Return the owner of the key that this browser signed in with, if it is still valid."""
        owner: str | None = session.get("key")
        return owner if owner in self._owners.values() else None
