"""Waits for a condition with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

POLL = 0.02  # seconds between checks

Value = TypeVar("Value")


def eventually(check: Callable[[], Value], *, within: float, what: str = "") -> Value:
    """Return the first truthy value of `check`. Raises AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while not (value := check()):
        if time.monotonic() > deadline:
            named = what or getattr(check, "__name__", "it")
            raise AssertionError(f"not within {within} s: {named} (last value: {value!r})")
        time.sleep(POLL)
    return value
