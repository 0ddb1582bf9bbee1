"""The one cookie: signed, hidden from scripts, and set only when there is something to keep."""

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

NAME = "emojify"
_LIFETIME = 365 * 24 * 3600  # seconds


class _SessionInterface(SecureCookieSessionInterface):
    """Flask's signed cookie: secure over HTTPS, and without work for requests that have none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if NAME not in request.headers.get("Cookie", ""):
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        del app
        return request.is_secure


def register_session(app: Flask, key: str) -> None:
    """Keep the app's `session` in a cookie that is signed with this key."""
    app.secret_key = key
    app.session_interface = _SessionInterface()
    app.config.update(
        SESSION_COOKIE_NAME=NAME,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=_LIFETIME,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
