"""The review queue in a browser: a table with checkboxes, and what became of the decisions."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from emojify_core.errors import EmojifyError, InvalidInputError
from emojify_core.limits import MAX_DECISIONS, REVIEW_PAGE
from emojify_core.storage.corrections.review_records import ReviewFilter
from web.auth.identity import ADMINISTRATOR, Identity
from web.corrections.review_page_view import (
    PageQuery,
    decided_view,
    row,
    sender_lines,
    sender_name,
)
from web.corrections.review_service import DECISIONS, ReviewService, problem_of
from web.http.problems import Problem
from web.http.request_parsing import read_query, read_values, require_same_origin
from web.http.responses import Page, page
from web.text_catalog import TextCatalog

_SENDERS = 5  # shown, of those who sent most
_WHY = "on the page"
_FILTER = ("client", "network", "label", "after")


def review_page_blueprint(review: ReviewService, identity: Identity, say: TextCatalog) -> Blueprint:
    """Return the routes of the pages, which work without JavaScript."""
    blueprint = Blueprint("review_page", __name__, url_prefix="/corrections/review")

    @blueprint.app_context_processor
    def navigation() -> dict[str, object]:
        return {"review_waiting": lambda: _waiting_for(review, identity)}

    @blueprint.before_request
    def only_administrator() -> Response | None:
        """Send others to the sign-in page, and from there back."""
        if identity.is_administrator():
            return None
        wanted = request.full_path.rstrip("?") if request.method == "GET" else request.path
        return redirect(url_for("sign_in.show", next=wanted), 303)

    def queue(query: PageQuery, status: int = 200, problem: str = "") -> Page:
        chosen = query.chosen
        items = review.page(chosen, query.after)
        is_full = len(items) == REVIEW_PAGE
        sender = chosen.client or chosen.network
        return page(
            "review.html",
            status,
            query=query,
            problem=problem,
            rows=[row(each, say) for each in items],
            waiting=review.reviews.count(chosen),
            filter=asdict(chosen),
            sender=sender and sender_name(chosen.client or "", chosen.network, say),
            senders=[] if sender else sender_lines(review.reviews.senders(_SENDERS), say),
            after=items[-1].correction.sequence if is_full else None,
            most=MAX_DECISIONS,
        )

    @blueprint.get("")
    def index() -> Page:
        return queue(read_query(PageQuery))

    @blueprint.post("")
    def decide() -> Page | Response:
        require_same_origin()
        form = request.form
        query = read_values(PageQuery, {name: form[name] for name in _FILTER if form.get(name)})
        decision, ids = form.get("decision", ""), form.getlist("id")
        if problem := _problem_of_form(form, is_one_sender=bool(query.client or query.network)):
            return queue(query, 422, say(problem))
        if form.get("scope") == "all":
            outcomes = review.decide_chosen(query.chosen, decision, _WHY)
        else:
            outcomes = review.decide(ids, decision, _WHY)
        where: dict[str, Any] = {
            **asdict(query.chosen),
            "after": query.after,
            "done": decision,
            "count": sum(each.decided for each in outcomes),
            "unchanged": sum(problem_of(each, decision) is not None for each in outcomes),
        }
        return redirect(url_for("review_page.index", **where), 303)

    @blueprint.get("/decided")
    def decided() -> Page:
        latest = review.reviews.latest_decisions(ADMINISTRATOR, MAX_DECISIONS)
        return page("decided.html", **decided_view(latest))

    return blueprint


def _problem_of_form(form: Mapping[str, str], *, is_one_sender: bool) -> str | None:
    """Return the name of the sentence that says what the form lacks.

    Raises InvalidInputError for what no form of ours sends.
    """
    count = len(request.form.getlist("id"))
    if form.get("decision") not in DECISIONS:
        raise InvalidInputError("Choose Accept or Reject.", "decision")
    if form.get("scope") == "all":
        return None if "sure" in form and is_one_sender else "review.not_sure"
    if count > MAX_DECISIONS:
        raise InvalidInputError(f"Select at most {MAX_DECISIONS} corrections.", "id")
    return None if count else "review.none_chosen"


def _waiting_for(review: ReviewService, identity: Identity) -> int | None:
    """Return how many wait; None if the visitor is not the signed-in administrator."""
    with suppress(Problem, EmojifyError):  # error pages show the navigation, too
        if identity.administrator.is_signed_in():
            return review.reviews.count(ReviewFilter())
    return None
