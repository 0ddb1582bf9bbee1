"""What a request shows to say who makes it, and how secrets are compared."""

import hmac

from flask import request

from web.http.request_parsing import require_same_origin

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def bearer_token() -> str:
    """Return the token of `Authorization: Bearer TOKEN`; empty without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def same_secret(given: str, expected: str) -> bool:
    """Compare in constant time. An empty secret equals none."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode()) and given != ""


def require_own_page() -> None:
    """Raise Problem 403 when another site uses a visitor's cookie to change something."""
    if request.method not in _SAFE_METHODS:
        require_same_origin()
