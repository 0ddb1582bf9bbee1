"""Who asks: the administrator, the holder of an API key, or a browser known by its cookie."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import request, session

from emojify_core.settings import Settings
from web.http.problems import Problem
from web.http.request_parsing import require_same_origin

View = TypeVar("View", bound=Callable[..., Any])

ADMINISTRATOR = "administrator"
SIGNED_IN_FOR = 12 * 3600  # seconds that a browser stays the administrator's

TOKEN_MISSING = (
    "This needs the administrator's token, which `emojify token` shows: send it as "  # noqa: S105
    "Authorization: Bearer TOKEN, or sign in at /sign-in."
)
KEY_MISSING = (
    "This server asks for an API key: send it as X-API-Key, or sign in at /sign-in with a browser."
)
_COOKIE = "cookie:"
_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Identity:
    """Tells who makes the request at hand, from its headers or else from its cookie.

    What one client made, only that client and the administrator see.
    """

    def __init__(self, settings: Settings) -> None:
        self._token = settings.secret("admin_token", settings.admin_token)
        self._naming = settings.secret("session_key", settings.secret_key).encode()
        self._keys = settings.api_keys
        # Kept in cookies instead of the token; another token ends what it had opened.
        self._mark = hashlib.sha256(f"signed in with {self._token}".encode()).hexdigest()[:32]
        self._owners = {_owner(key) for key in self._keys}

    @property
    def asks_for_keys(self) -> bool:
        """Whether this server serves only those who show a key."""
        return bool(self._keys)

    def client(self) -> str | None:
        """Return the name under which what the client makes is stored; None: not known yet.

        Raises Problem 403 for a key or token that is none of ours.
        """
        return self._by_headers() or self._by_cookie()

    def maker(self, once: str | None = None) -> str:
        """Return the client that makes something now, a new name for a new one.

        Who lost our first answer, and so has no cookie yet, gets the same name again for the same
        `once`: what was sent, together with a key that nobody else knows.
        """
        known = self.client()
        if known or once is None:
            return known or f"{_COOKIE}{secrets.token_urlsafe(16)}"
        sum_of = hmac.new(self._naming, once.encode(), hashlib.sha256).digest()
        return f"{_COOKIE}{base64.urlsafe_b64encode(sum_of[:16]).decode().rstrip('=')}"

    def remember(self, client: str) -> None:
        """Keep in a browser's cookie that it made something; it lasts a year from then on."""
        if client.startswith(_COOKIE):
            session["client"] = client.removeprefix(_COOKIE)
            session.permanent = session.modified = True

    def is_administrator(self) -> bool:
        """Whether the request is the administrator's. Raises Problem 403 for a wrong token."""
        if self._by_headers():
            return _same(_bearer(), self._token)
        return self.signed_in_as_administrator()

    def administrator_only(self, view: View) -> View:
        """Decorate a route: 401 without a token, 403 with a wrong one."""

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            self.require_administrator()
            return view(*args, **kwargs)

        return cast("View", guarded)

    def require_administrator(self) -> None:
        """Raise Problem 401 without a token, 403 with another."""
        if self.is_administrator():
            return
        if _bearer():  # somebody's API key
            raise _wrong_token()
        raise Problem(401, TOKEN_MISSING, code="token_missing", headers=_CHALLENGE)

    def require_key(self) -> None:
        """Raise Problem 401 unless the request shows a key or the token, if keys are asked for."""
        if self._keys and not self.is_known():
            raise Problem(401, KEY_MISSING, code="key_missing", headers=_CHALLENGE)

    def is_known(self) -> bool:
        """Whether the request shows a key or the token, or comes from who signed in with one."""
        if self._by_headers():
            return True
        return self.signed_in_with_key() or self.signed_in_as_administrator()

    def signed_in_with_key(self) -> bool:
        """Whether this browser has shown a key that is one still."""
        return session.get("key") in self._owners

    def signed_in_as_administrator(self) -> bool:
        """Whether this browser has shown the administrator's token, not too long ago."""
        mark = session.get("administrator")
        if not mark or not _same(mark, self._mark):
            return False
        _only_from_our_pages()
        return time.time() < float(session["until"])

    def is_token(self, secret: str) -> bool:
        """Whether this is the administrator's token, typed into a form."""
        return _same(secret.strip(), self._token)

    def sign_in(self, secret: str) -> bool:
        """Keep in the cookie that this is the administrator, or this key's holder; or say no."""
        if _same(secret, self._token):
            session["administrator"] = self._mark
            session["until"] = int(time.time()) + SIGNED_IN_FOR
        elif key := self._key(secret):
            session["key"] = _owner(key)
        else:
            return False
        session.permanent = True
        return True

    def sign_out(self) -> None:
        """Forget who signed in; what the browser made as a visitor stays its own."""
        for name in ("administrator", "until", "key"):
            session.pop(name, None)

    def _by_headers(self) -> str | None:
        bearer = _bearer()
        if _same(bearer, self._token):
            return ADMINISTRATOR
        given = request.headers.get("X-API-Key", "") if self._keys else ""
        for shown in filter(None, (given, bearer)):
            if key := self._key(shown):
                return _owner(key)
        if bearer:
            raise _wrong_token()
        if given:
            raise Problem(403, "This is no key of this server.", code="key_wrong")
        return None

    def _by_cookie(self) -> str | None:
        _only_from_our_pages()
        if self.signed_in_with_key():
            return cast("str", session["key"])
        return f"{_COOKIE}{session['client']}" if "client" in session else None

    def _key(self, given: str) -> str | None:
        return next((key for key in self._keys if _same(given, key)), None)


def _only_from_our_pages() -> None:
    """Let no other site act in the name of who is known by a cookie (Problem 403)."""
    if request.method not in _SAFE:
        require_same_origin()


def _wrong_token() -> Problem:
    return Problem(403, "This is not the administrator's token.", code="token_wrong")


def _owner(key: str) -> str:
    return f"key:{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _same(given: str, expected: str) -> bool:
    """Compare in a time that tells nothing of where they differ."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode()) and given != ""
