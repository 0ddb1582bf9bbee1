"""`/sign-in`: a browser shows an API key or the administrator's token once."""

import re
from contextlib import suppress

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from emojify_core.errors import EmojifyError
from web.auth.identity import Identity
from web.http.problems import Problem
from web.http.rate_limits import RateLimits
from web.http.request_parsing import require_same_origin
from web.http.responses import Page, page
from web.text_catalog import TextCatalog

# A path on this server. Browsers read a second slash or backslash as the start of a host.
_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def sign_in_blueprint(identity: Identity, limits: RateLimits, say: TextCatalog) -> Blueprint:
    """Return the routes that show the form, sign in and sign out."""
    blueprint = Blueprint("sign_in", __name__)

    @blueprint.app_context_processor
    def footer() -> dict[str, object]:
        return {"signed_in": lambda: _signed_in(identity)}

    def form(status: int = 200, problem: str = "") -> Page:
        return page(
            "sign_in.html",
            status,
            problem=problem,
            wanted=_next_path(),
            key=identity.keys.signed_in_owner() is not None,
            administrator=identity.administrator.is_signed_in(),
        )

    @blueprint.get("/sign-in")
    def show() -> Page:
        return form()

    @blueprint.post("/sign-in")
    @limits.sign_ins
    def enter() -> Response | Page:
        require_same_origin()
        if not identity.sign_in(request.form.get("secret", "").strip()):
            return form(403, say("sign_in.wrong"))
        return redirect(_next_path(), 303)

    @blueprint.post("/sign-out")
    def leave() -> Response:
        require_same_origin()
        identity.sign_out()
        return redirect(url_for("sign_in.show"), 303)

    return blueprint


def _signed_in(identity: Identity) -> str | None:
    """Return as what this browser is signed in: `administrator`, `key`, or None."""
    with suppress(Problem, EmojifyError):  # error pages have a footer, too
        if identity.administrator.is_signed_in():
            return "administrator"
        if identity.keys.signed_in_owner() is not None:
            return "key"
    return None


def _next_path() -> str:
    """Return the path to open after signing in; never one of another site."""
    wanted = request.values.get("next", "")
    return wanted if _OWN_PATH.fullmatch(wanted) else url_for("page.index")
