"""Time stamps of several processes on one clock: CLOCK_MONOTONIC is common to all of them."""

import os
import time
from functools import wraps
from pathlib import Path
from typing import Any

_lines: list[str] = []
EVERY = 50  # stamps kept before they are written


def stamp(event: str) -> None:
    """Record the time of an event; requests are sequential, so their order identifies them."""
    _lines.append(f"{time.monotonic_ns()} {event}\n")
    if len(_lines) >= EVERY:
        flush()


def flush() -> None:
    """Write the stamps to the file that BENCH_STAMPS names."""
    with Path(os.environ["BENCH_STAMPS"]).open("a", encoding="ascii") as file:
        file.writelines(_lines)
    _lines.clear()


def around(owner: Any, name: str, before: str | None, after: str | None) -> None:
    """Wrap a method so that it stamps before and after its call."""
    inner = getattr(owner, name)

    @wraps(inner)
    def stamped(*args: Any, **kwargs: Any) -> Any:
        if before:
            stamp(before)
        try:
            return inner(*args, **kwargs)
        finally:
            if after:
                stamp(after)

    setattr(owner, name, stamped)
