"""The answers to a group: one run of the model, and a fate for each member."""

import time
from collections.abc import Sequence
from typing import Any

import structlog
from celery import states

from emojify_core.messages import PredictReply, PredictRequest, text_digest
from emojify_core.queue.grouping.message import GroupMember, GroupRequest
from emojify_core.queue.grouping.results import result_meta
from emojify_core.queue.redis_clock import CLOCK
from worker.models.live_model import LiveModel

log = structlog.get_logger(__name__)


def answer_request(model: LiveModel, request: PredictRequest) -> PredictReply:
    """Answer a request that travels alone."""
    (reply,) = answer_requests(model, (request,))
    return reply


def answer_requests(model: LiveModel, requests: Sequence[PredictRequest]) -> list[PredictReply]:
    """Answer requests with one version."""
    started = time.perf_counter()
    answered, version = model.answer(requests)
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    return [
        PredictReply(
            answers,
            request.single,
            version,
            tuple(map(text_digest, request.texts)),
            influences,
            milliseconds,
        )
        for request, (answers, influences) in zip(requests, answered, strict=True)
    ]


def answer_group(model: LiveModel, group: GroupRequest) -> list[dict[str, Any]]:
    """Return a final result for each member.

    One that is too old is lost. If the run fails, each member is answered alone, and only those
    fail that break it.
    """
    now = CLOCK.now()
    current = [member for member in group.members if member.expires > now]
    late = [member for member in group.members if member.expires <= now]
    lost = [result_meta(member.id, states.REVOKED) for member in late]
    try:
        replies = answer_requests(model, [member.request for member in current]) if current else []
    except Exception:  # whatever one text did, the others are answered
        log.exception("cannot answer a group; answering each of its requests alone")
        return lost + [_answer_alone(model, member) for member in current]
    return lost + [
        result_meta(member.id, states.SUCCESS, reply.to_payload())
        for member, reply in zip(current, replies, strict=True)
    ]


def _answer_alone(model: LiveModel, member: GroupMember) -> dict[str, Any]:
    try:
        reply = answer_request(model, member.request)
    except Exception as e:  # as Celery does for a message of its own
        request_id = member.request.request_id
        log.exception("cannot answer a request", request_id=request_id)
        return result_meta(
            member.id,
            states.FAILURE,
            {"exc_type": type(e).__name__, "exc_message": [], "exc_module": type(e).__module__},
        )
    return result_meta(member.id, states.SUCCESS, reply.to_payload())
