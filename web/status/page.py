"""The Status view: queues, rates, latency, workers, and where to look further."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flask import Blueprint, render_template, request
from sqlalchemy import Engine

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import NotStoredError, QueueUnavailableError, StorageError
from emojify_core.messages import Queue
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.worker_presence import Presence, Worker
from emojify_core.storage.corrections.queries import count_by_state
from emojify_core.storage.versions.live_pointer import read_pointer
from web.batches.page_view import in_words
from web.status.latency_window import WINDOW, RecentAnswers
from web.text_catalog import TextCatalog

Page = tuple[str, int, dict[str, str]]
T = TypeVar("T")

QUEUES = (Queue.PREDICT, Queue.BATCH, Queue.TRAIN)
_SMALL = 10  # figures below have a decimal


@dataclass(frozen=True, slots=True)
class StatusSources:
    """What is looked at."""

    queue: PredictionQueue
    presence: Presence
    engine: Engine
    recent: RecentAnswers


def status_page_blueprint(observed: StatusSources, flower_port: int, say: TextCatalog) -> Blueprint:
    """Return the page. It is there whatever else is not."""
    blueprint = Blueprint("status_page", __name__)
    blueprint.add_app_template_filter(figure)

    @blueprint.get("/status")
    def index() -> Page:
        waiting = _or_none(lambda: {name: observed.queue.waiting(name) for name in QUEUES})
        workers = _or_none(observed.presence.workers)
        counted = _or_none(lambda: count_by_state(observed.engine))
        health, troubles = condition(workers, _database_trouble(observed.engine), say)
        page = render_template(
            "status.html",
            health=health,
            troubles=troubles,
            queues=waiting or dict.fromkeys(QUEUES),
            workers=workers,
            recent=observed.recent.summary(),
            window=in_words(timedelta(seconds=WINDOW), say),
            corrections=counted and _some(counted),
            flower=_flower(flower_port),
            flower_port=flower_port,
            now=datetime.now(UTC),
        )
        return page, 200, {"Cache-Control": "no-store"}

    return blueprint


def condition(
    workers: Sequence[Worker] | None, database: str | None, say: TextCatalog
) -> tuple[str, list[str]]:
    """Return `well`, `degraded` or `failing`, and what is amiss; as /readyz judges it."""
    troubles = [say(f"status.{database}")] if database else []
    if workers is None:
        return "failing", [say("status.redis"), *troubles]
    troubles += [f"{worker.name}: {worker.problem}" for worker in workers if worker.problem]
    if not any(worker.predicts for worker in workers):
        return "failing", [say("status.no_worker"), *troubles]
    if all(worker.predicts for worker in workers):
        troubles.append(say("status.no_trainer"))
    return "degraded" if troubles else "well", troubles


def figure(number: float) -> str:
    """Write a number as precisely as somebody reads it: 0.8, 12, 1,340."""
    return f"{number:,.1f}" if 0 < number < _SMALL else f"{number:,.0f}"


def _or_none(look: Callable[[], T]) -> T | None:
    try:
        return look()
    except (QueueUnavailableError, StorageError):
        return None


def _some(counted: dict[CorrectionState, int]) -> dict[str, Any]:
    return {state.value: count for state, count in counted.items() if count}


def _database_trouble(engine: Engine) -> str | None:
    try:
        read_pointer(engine)
    except NotStoredError:
        return "no_model"
    except StorageError:
        return "database"
    return None


def _flower(port: int) -> str | None:
    """Return where Flower is, as far as it can be told: on the same host, if no proxy is between.

    A proxy passes on the page and not Flower, which shows every task.
    """
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    direct = request.scheme == "http" and not request.headers.get("X-Forwarded-For")
    return f"http://{host}:{port}" if direct else None
