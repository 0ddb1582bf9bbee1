"""Waiting for something that happens elsewhere, with a deadline instead of a sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

POLL = 0.02  # seconds between looks

Seen = TypeVar("Seen")


def eventually(look: Callable[[], Seen], *, within: float, what: str = "") -> Seen:
    """Return the first truthy value of `look`. Raises AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        if time.monotonic() > deadline:
            named = what or getattr(look, "__name__", "it")
            raise AssertionError(f"not within {within} s: {named} (last seen: {seen!r})")
        time.sleep(POLL)
    return seen
