"""The one cookie: signed, for scripts invisible, and sent only when there is something to keep."""

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

NAME = "emojify"
_LIFE = 365 * 24 * 3600  # seconds


class _SessionInterface(SecureCookieSessionInterface):
    """Flask's signed cookie, secure over https, and without work for those who have none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if NAME not in request.headers.get("Cookie", ""):
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        del app
        return request.is_secure


def register_session(app: Flask, key: str) -> None:
    """Let the app's `session` live in a cookie signed with this key."""
    app.secret_key = key
    app.session_interface = _SessionInterface()
    app.config.update(
        SESSION_COOKIE_NAME=NAME,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=_LIFE,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
