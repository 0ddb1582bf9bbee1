"""With EMOJIFY_API_KEYS set: nothing but what tells no secret is served without a key."""

from flask import Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from web.auth.identity import Identity

_OPEN = frozenset(
    {
        *("static", "texts.script", "metrics", "health.healthz", "health.readyz"),
        *("openapi.reference", "openapi.openapi_json"),
        *("sign_in.show", "sign_in.enter", "sign_in.leave"),
        None,  # no such route: 404 and 405 as ever
    }
)
_PAGES = frozenset({"page", "correction_page", "batch_page", "model_page", "status_page"})


def register_gate(app: Flask, identity: Identity) -> None:
    """Ask for a key before each request, if this server asks for any; people are led to a form."""
    if not identity.asks_for_keys:
        return

    @app.before_request
    def ask() -> Response | None:
        if request.endpoint in _OPEN:
            return None
        if request.blueprint in _PAGES and not identity.is_known():
            wanted = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("sign_in.show", next=wanted), 303)
        identity.require_key()
        return None
