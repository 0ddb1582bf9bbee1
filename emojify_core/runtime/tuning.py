"""Tuning of the Python interpreter for servers: garbage collection and thread switching."""

import gc
import sys
from typing import Final

THREAD_SWITCH_INTERVAL: Final = 0.0005  # seconds; Python's default is ten times as long


def tune_garbage_collector() -> None:
    """Freeze the objects that start-up made, and collect less often.

    The default collects after every 700 new objects: several times within one request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def set_thread_switch_interval() -> None:
    """Let threads take shorter turns, where one computes while a person waits for another.

    A thread that writes a large file delays each step of the other threads by one turn: the
    web's answers while it streams results, a worker's predictions while it stores a batch's.
    """
    sys.setswitchinterval(THREAD_SWITCH_INTERVAL)
