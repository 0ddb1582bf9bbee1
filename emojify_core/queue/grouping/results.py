"""Results of several requests, stored and announced in one round trip, in Celery's own form."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import redis
import structlog
from celery import states
from redis.exceptions import OutOfMemoryError

from emojify_core.messages import PredictReply, UnknownMessageError
from emojify_core.queue.celery_app import RESULT_EXPIRES
from emojify_core.queue.grouping.message import GroupRequest
from emojify_core.queue.utf8_messages import dumps_utf8

log = structlog.get_logger(__name__)


def result_key(prediction_id: str) -> str:
    """Return the key where Celery stores a result, which is also the channel that announces it."""
    return f"celery-task-meta-{prediction_id}"


def result_meta(prediction_id: str, status: str, result: Any = None) -> dict[str, Any]:
    """Return a final result as Celery's backend writes it."""
    return {
        "status": status,
        "result": result,
        "traceback": None,
        "children": [],
        "date_done": datetime.now(UTC).isoformat(),
        "task_id": prediction_id,
    }


def store_results(client: redis.Redis, results: Sequence[Mapping[str, Any]]) -> None:
    """Store and announce results. A full Redis only announces them."""
    with client.pipeline(transaction=False) as pipe:
        for meta in results:
            key, value = result_key(meta["task_id"]), dumps_utf8(meta)
            pipe.set(key, value, ex=RESULT_EXPIRES)
            pipe.publish(key, value)
        errors = [each for each in pipe.execute(raise_on_error=False) if _is_error(each)]
    full = sum(isinstance(each, OutOfMemoryError) for each in errors)
    if full < len(errors):
        raise next(each for each in errors if not isinstance(each, OutOfMemoryError))
    if full:
        log.warning("Redis is full; results were announced and not stored", results=full)


def split_result(group: GroupRequest, stored: bytes | str) -> list[dict[str, Any]]:
    """Return each member's result from that of the whole list, which an older worker answered.

    What happened to the list, such as that it expired, happened to each member.
    """
    meta = json.loads(stored)
    if meta["status"] == states.SUCCESS:
        try:
            return _split_reply(group, PredictReply.from_payload(meta["result"]))
        except (UnknownMessageError, AttributeError, LookupError, TypeError):
            log.exception("a worker's answer to a group cannot be read")
            meta["status"] = states.FAILURE
    return [result_meta(member.id, meta["status"]) for member in group.members]


def _split_reply(group: GroupRequest, reply: PredictReply) -> list[dict[str, Any]]:
    if len(reply.answers) != len(group.texts):
        raise LookupError(f"{len(reply.answers)} answers to {len(group.texts)} texts")
    return [
        result_meta(
            member.id,
            states.SUCCESS,
            replace(
                reply,
                answers=reply.answers[place],
                single=member.request.single,
                digests=reply.digests[place],
            ).to_payload(),
        )
        for member, place in zip(group.members, group.places, strict=True)
    ]


def _is_error(value: Any) -> bool:
    return isinstance(value, Exception)
