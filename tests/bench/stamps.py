"""Stamps of one clock from several processes: CLOCK_MONOTONIC is the same for all on a machine."""

import os
import time
from functools import wraps
from pathlib import Path
from typing import Any

_lines: list[str] = []
EVERY = 50  # stamps kept before they are written


def stamp(event: str) -> None:
    """Note that this happened now; requests come one after the other, so order is identity."""
    _lines.append(f"{time.monotonic_ns()} {event}\n")
    if len(_lines) >= EVERY:
        flush()


def flush() -> None:
    """Write what was noted to the file that BENCH_STAMPS names."""
    with Path(os.environ["BENCH_STAMPS"]).open("a", encoding="ascii") as file:
        file.writelines(_lines)
    _lines.clear()


def around(owner: Any, name: str, before: str | None, after: str | None) -> None:
    """Replace a method by one that stamps before and after it."""
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
