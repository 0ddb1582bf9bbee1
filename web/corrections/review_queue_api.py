"""`/api/v1/corrections/review`: the administrator lists what waits, and decides many at once."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request, url_for

from emojify_core.limits import REVIEW_PAGE
from emojify_core.storage.corrections.review_records import Outcome, ReviewFilter
from web.auth.identity import Identity
from web.corrections.review_schemas import (
    DecisionOutcomes,
    ReviewDecision,
    ReviewPage,
    ReviewQuery,
)
from web.corrections.review_service import ReviewItem, ReviewService, problem_of
from web.corrections.serializer import correction_json
from web.http.openapi import describe, problems
from web.http.request_parsing import read_json, read_query
from web.http.responses import NO_STORE, JsonAnswer

SENDERS = 5  # listed, of those who sent most


def review_queue_blueprint(review: ReviewService, identity: Identity) -> Blueprint:
    """Return the routes, which need the administrator's token."""
    blueprint = Blueprint("review_queue", __name__, url_prefix="/api/v1/corrections/review")

    @blueprint.get("")
    @describe(
        "administration", query=ReviewQuery, HTTP_200=ReviewPage, **problems(401, 403, 422, 503)
    )
    @identity.administrator_only
    def index() -> JsonAnswer:
        """List what waits for review, oldest first, with what the live model says now.

        `senders` tells who sent most of it, so that a campaign shows.
        """
        query = read_query(ReviewQuery)
        chosen = ReviewFilter(query.client, query.network, query.label)
        items = review.page(chosen, query.after)
        links = {"self": request.full_path.rstrip("?")}
        if len(items) == REVIEW_PAGE:
            after = items[-1].correction.sequence
            links["next"] = url_for("review_queue.index", **asdict(chosen), after=after)
        body = {
            "waiting": review.reviews.count(chosen),
            "corrections": [*map(_waiting_json, items)],
            "senders": [*map(asdict, review.reviews.senders(SENDERS))],
            "links": links,
        }
        return body, 200, NO_STORE

    @blueprint.post("")
    @describe(
        "administration",
        json=ReviewDecision,
        HTTP_200=DecisionOutcomes,
        **problems(400, 401, 403, 413, 415, 422, 503),
    )
    @identity.administrator_only
    def decide() -> JsonAnswer:
        """Accept or reject many corrections that wait for review; each has its own outcome.

        A correction that does not wait stays as it is. Repeat the request safely after a broken
        connection.
        """
        body = read_json(ReviewDecision)
        if body.ids:
            chosen = ReviewFilter()
            outcomes = review.decide(body.ids, body.decision, body.why)
        else:
            chosen = ReviewFilter(body.client or None, body.network or None)
            outcomes = review.decide_chosen(chosen, body.decision, body.why)
        answer = {
            "outcomes": [_outcome_json(each, body.decision) for each in outcomes],
            "remaining": review.reviews.count(chosen),
        }
        return answer, 200, NO_STORE

    return blueprint


def _waiting_json(item: ReviewItem) -> dict[str, Any]:
    correction, answer = item.correction, item.prediction
    return correction_json(correction) | {
        "client": correction.client,
        "network": correction.network,
        "prediction": answer
        and {**answer.best._asdict(), "confident": answer.confident, "none": answer.none},
        "voices": asdict(item.voices),
    }


def _outcome_json(outcome: Outcome, decision: str) -> dict[str, Any]:
    return asdict(outcome) | {"error": problem_of(outcome, decision)}
