"""With EMOJIFY_API_KEYS set, only public routes answer without a key."""

from flask import Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from web.auth.identity import CHALLENGE, Identity
from web.http.problems import Problem

_PUBLIC = frozenset(
    {
        *("static", "texts.script", "metrics", "health.healthz", "health.readyz"),
        *("openapi.reference", "openapi.openapi_json"),
        *("sign_in.show", "sign_in.enter", "sign_in.leave"),
        None,  # no route: the answer is 404 or 405
    }
)
_PAGES = frozenset(
    {"page", "correction_page", "review_page", "batch_page", "model_page", "status_page"}
)


def register_api_key_gate(app: Flask, identity: Identity) -> None:
    """Check each request's key, if this server needs one; send browsers to the sign-in page."""
    if not identity.keys.required:
        return

    @app.before_request
    def check_key() -> Response | None:
        if request.endpoint in _PUBLIC or identity.is_known():
            return None
        if request.blueprint in _PAGES:
            wanted = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("sign_in.show", next=wanted), 303)
        raise Problem(
            401,
            "This server needs an API key: send it as X-API-Key, or sign in at /sign-in.",
            code="key_missing",
            headers=CHALLENGE,
        )
