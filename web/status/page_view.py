"""What the Status view shows of the stack."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from emojify_core.errors import QueueUnavailableError, StorageError
from emojify_core.storage.corrections.queries import count_by_state
from web.batches.page_view import in_words
from web.status.latency_window import WINDOW, Summary
from web.status.readiness import QUEUES, Readiness, StatusSources, readiness
from web.text_catalog import TextCatalog

T = TypeVar("T")

_DECIMAL_BELOW = 10


def status_view(sources: StatusSources, recent: Summary, say: TextCatalog) -> dict[str, Any]:
    """Return the template's values; None for what cannot be read now."""
    ready = readiness(sources)
    health, troubles = condition(ready, say)
    counts = _or_none(lambda: count_by_state(sources.engine))
    return {
        "health": health,
        "troubles": troubles,
        "queues": _or_none(sources.waiting) or dict.fromkeys(QUEUES),
        "workers": ready.workers,
        "recent": recent,
        "window": in_words(timedelta(seconds=WINDOW), say),
        "corrections": counts and {state.value: n for state, n in counts.items() if n},
        "now": datetime.now(UTC),
    }


def condition(ready: Readiness, say: TextCatalog) -> tuple[str, list[str]]:
    """Return `well`, `degraded` or `failing`, and a sentence for each trouble."""
    causes = {"redis": ready.redis_trouble, "database": ready.database_trouble}
    troubles = [
        say(f"status.{name}", trouble=causes[name]) if name in causes else say(f"status.{name}")
        for name in ready.failing + ready.degraded
    ]
    troubles += [f"{worker}: {problem}" for worker, problem in ready.problems.items()]
    if ready.failing:
        return "failing", troubles
    return "degraded" if troubles else "well", troubles


def figure(number: float) -> str:
    """Write a number as precisely as people read it: 0.8, 12, 1,340."""
    return f"{number:,.1f}" if 0 < number < _DECIMAL_BELOW else f"{number:,.0f}"


def _or_none(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except (QueueUnavailableError, StorageError):
        return None
