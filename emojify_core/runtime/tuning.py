"""Tuning of the Python interpreter for servers: garbage collection and thread switching."""

import gc
import resource
import sys
from typing import Final

THREAD_SWITCH_INTERVAL: Final = 0.0005  # seconds; Python's default is ten times as long


def tune_garbage_collector() -> None:
    """Exclude the objects of the start-up from collection, and collect less often.

    By default Python collects after 700 new objects, several times in one request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def raise_open_files(wanted: int) -> int:
    """Allow this process `wanted` open files, or as many as the system lets it; return how many.

    macOS and some shells allow 256 by default, and a server that reaches the limit cuts everybody.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = resource.RLIM_INFINITY
    allowed = wanted if hard == endless else min(wanted, hard)
    if soft == endless or soft >= allowed:
        return wanted if soft == endless else min(wanted, soft)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    except (OSError, ValueError):  # macOS has a lower limit of its own
        return soft
    return allowed


def set_thread_switch_interval() -> None:
    """Let threads take shorter turns, because one may compute while a person waits for another.

    A thread that writes a large file delays each step of other threads by one turn. That affects
    answers while the web streams results, and predictions while a worker stores a batch.
    """
    sys.setswitchinterval(THREAD_SWITCH_INTERVAL)
