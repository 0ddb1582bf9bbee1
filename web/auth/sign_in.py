"""`/sign-in`: a browser shows an API key or the administrator's token once."""

import re

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from web.auth.identity import Identity
from web.http.rate_limits import RateLimits
from web.http.request_parsing import require_same_origin
from web.http.responses import Page, page
from web.text_catalog import TextCatalog

# A path on this server. Browsers read a second slash or backslash as the start of a host.
_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def sign_in_blueprint(identity: Identity, limits: RateLimits, say: TextCatalog) -> Blueprint:
    """Return the routes that show the form, sign in and sign out."""
    blueprint = Blueprint("sign_in", __name__)

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


def _next_path() -> str:
    """Return the path to open after signing in; never one of another site."""
    wanted = request.values.get("next", "")
    return wanted if _OWN_PATH.fullmatch(wanted) else url_for("page.index")
