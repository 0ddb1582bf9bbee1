"""Which client makes a request: the administrator, the holder of an API key, or a browser."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import request, session

from emojify_core.failure_limit import FailureLimit
from emojify_core.settings import Settings
from emojify_core.storage.sign_ins.repository import SignInRepository
from web.auth.credentials import Administrator, ApiKeys, bearer_token, require_own_page
from web.auth.proofs import Proofs
from web.http.client_address import client_network, is_own_machine
from web.http.problems import Problem

View = TypeVar("View", bound=Callable[..., Any])

ADMINISTRATOR = "administrator"  # the administrator's name as a client

_COOKIE = "cookie:"
_NETWORK_DIGITS = 32  # of the hash, as long as its column
CHALLENGE = {"WWW-Authenticate": "Bearer"}


class Identity:
    """Identifies the client of the current request by its headers, or else by its cookie.

    Only the client that made something and the administrator can see it.
    """

    def __init__(self, settings: Settings, sign_ins: SignInRepository) -> None:
        token = settings.secret("admin_token", settings.admin_token)
        self.administrator = Administrator(token, sign_ins)
        self.keys = ApiKeys(settings.api_keys, sign_ins)
        # Strangers come through a proxy on this machine that is not trusted to name them.
        self._only_proxied = settings.public and not (
            settings.beyond_loopback or settings.trusted_proxies
        )
        self._failures = FailureLimit(enabled=bool(settings.rate_limits))
        self._secret = settings.secret("session_key", settings.secret_key).encode()
        self.proofs = Proofs(self._secret)

    def client(self) -> str | None:
        """Return the name under which this client's data is stored; None for a new client.

        Raises Problem 403 for a key or a token that is not valid.
        """
        return self._from_headers() or self._from_cookie()

    def client_or_new(self, request_key: str | None = None) -> str:
        """Return the client's name; for a new client, a new name.

        `request_key` is the request's content with an idempotency key. If our first answer was
        lost, the same request gets the same name again, so that it is stored once. Only the first
        one may get the cookie: others may know the key.
        """
        known = self.client()
        if known or request_key is None:
            return known or f"{_COOKIE}{secrets.token_urlsafe(16)}"
        digest = hmac.new(self._secret, request_key.encode(), hashlib.sha256).digest()
        return f"{_COOKIE}{base64.urlsafe_b64encode(digest[:16]).decode().rstrip('=')}"

    def network(self, client: str) -> str | None:
        """Return a keyed hash of the address, if anybody can become a client like this one.

        Everyone without a key gets a new cookie for the asking, so such clients share what their
        address may use. Holders of a key, and people on this machine, count for themselves. The
        hash tells addresses apart and does not reveal them.
        """
        if not self.is_stranger() or not client.startswith(_COOKIE):
            return None
        network = client_network()
        digest = hmac.new(self._secret, f"network {network}".encode(), hashlib.sha256)
        return digest.hexdigest()[:_NETWORK_DIGITS]

    def is_stranger(self) -> bool:
        """Return whether the client is on another machine and shows no key and no token.

        Raises Problem 403 for a key or a token that is not valid.
        """
        return not (is_own_machine() and not self._only_proxied) and not self.is_known()

    def remember(self, client: str) -> None:
        """Keep a browser's name in its cookie for a year."""
        if client.startswith(_COOKIE):
            session["client"] = client.removeprefix(_COOKIE)
            session.permanent = session.modified = True

    def is_administrator(self) -> bool:
        """Return whether the administrator makes this request.

        Raises Problem 403 for a key or a token that is not valid.
        """
        if client := self._from_headers():
            return client == ADMINISTRATOR
        return self.administrator.is_signed_in()

    def is_known(self) -> bool:
        """Return whether the request shows a key or the token, or its browser signed in."""
        return bool(
            self._from_headers() or self.keys.signed_in_owner() or self.administrator.is_signed_in()
        )

    def administrator_only(self, view: View) -> View:
        """Decorate a route: 401 without the administrator's token, 403 with a wrong one."""

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if self.is_administrator():
                return view(*args, **kwargs)
            if bearer_token():  # an API key
                raise _wrong_token()
            raise token_missing()

        return cast("View", guarded)

    def sign_in(self, secret: str) -> bool:
        """Sign in the token's or the key's holder; return False for neither.

        Raises TooManyFailuresError.
        """
        if self.is_token(secret):
            self.administrator.sign_in()
        elif owner := self.keys.owner(secret):
            self.keys.browsers.begin(owner)
        else:
            self._failures.record(client_network())
            return False
        return True

    def is_token(self, secret: str) -> bool:
        """Return whether a form holds the administrator's token. Raises TooManyFailuresError."""
        self._failures.check(client_network())
        return self.administrator.is_token(secret)

    def record_failure(self) -> None:
        """Count a form with a wrong token against its address."""
        self._failures.record(client_network())

    def sign_out(self) -> None:
        """End the sign-ins of this browser; what it made as a visitor stays its own."""
        self.administrator.browsers.end()
        self.keys.browsers.end()
        session.pop("until", None)  # of an earlier release

    def _from_headers(self) -> str | None:
        token, key = bearer_token(), request.headers.get("X-API-Key", "")
        if token or (key and self.keys.required):
            self._failures.check(client_network())
        if self.administrator.is_token(token):
            return ADMINISTRATOR
        if owner := self.keys.owner(key) or self.keys.owner(token):
            return owner
        if token:
            self._failures.record(client_network())
            raise _wrong_token()
        if key and self.keys.required:
            self._failures.record(client_network())
            raise Problem(403, "This API key is not valid.", code="key_wrong")
        return None

    def _from_cookie(self) -> str | None:
        require_own_page()
        if owner := self.keys.signed_in_owner():
            return owner
        return f"{_COOKIE}{session['client']}" if "client" in session else None


def token_missing() -> Problem:
    """Return the answer to an administrative call without a token."""
    return Problem(
        401,
        "This needs the administrator's token, which `emojify token` shows: send it as "
        "Authorization: Bearer TOKEN, or sign in at /sign-in.",
        code="token_missing",
        headers=CHALLENGE,
    )


def _wrong_token() -> Problem:
    return Problem(403, "This is not the administrator's token.", code="token_wrong")
