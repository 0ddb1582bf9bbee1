"""Latencies and rates of many calls, in one thread or several."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of sequential calls."""

    p50: float
    p99: float
    calls: int


def latency(call: Callable[[], object], calls: int, warm: int = 20) -> Latency:
    """Time each call."""
    for _ in range(warm):
        call()
    taken = np.empty(calls)
    for number in range(calls):
        started = time.perf_counter()
        call()
        taken[number] = (time.perf_counter() - started) * 1000
    return Latency(float(np.percentile(taken, 50)), float(np.percentile(taken, 99)), calls)


def rate(make_call: Callable[[], Callable[[], object]], calls: int, threads: int) -> float:
    """Return calls per second; each thread first makes its own `call`, such as a connection."""
    barrier = threading.Barrier(threads + 1)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            call = make_call()
            call()
        except BaseException as e:
            barrier.abort()
            failures.append(e)
            raise
        barrier.wait()
        try:
            for _ in range(calls // threads):
                call()
        except BaseException as e:
            failures.append(e)
            raise

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    barrier.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - started
    if failures:
        raise failures[0]
    return calls // threads * threads / seconds
