"""`/sign-in`: a browser shows an API key or the administrator's token once, and is known then."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.auth.identity import Identity
from web.http.rate_limits import Limits
from web.http.request_parsing import require_same_origin
from web.text_catalog import Catalogue

# A path of our own: no host, nor anything that browsers take for the beginning of one.
_OURS = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")

Page = tuple[str, int, dict[str, str]]


def sign_in_blueprint(identity: Identity, limits: Limits, say: Catalogue) -> Blueprint:
    """Return the form, what takes it, and the way out."""
    blueprint = Blueprint("sign_in", __name__)

    def render(status: int = 200, problem: str = "") -> Page:
        page = render_template(
            "sign_in.html",
            problem=problem,
            wanted=_wanted(),
            key=identity.signed_in_with_key(),
            administrator=identity.signed_in_as_administrator(),
        )
        return page, status, {"Cache-Control": "no-store"}

    @blueprint.get("/sign-in")
    def show() -> Page:
        return render()

    @blueprint.post("/sign-in")
    @limits.sign_ins
    def enter() -> Response | Page:
        require_same_origin()
        if not identity.sign_in(request.form.get("secret", "").strip()):
            return render(403, say("sign_in.wrong"))
        return redirect(_wanted(), 303)

    @blueprint.post("/sign-out")
    def leave() -> Response:
        require_same_origin()
        identity.sign_out()
        return redirect(url_for("sign_in.show"), 303)

    return blueprint


def _wanted() -> str:
    """Return where to go then; never to another site."""
    wanted = request.values.get("next", "")
    return wanted if _OURS.fullmatch(wanted) else url_for("page.index")
