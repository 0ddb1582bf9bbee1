"""A client that sends one prediction after the other while something else is measured."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from http_client import HttpClient, request_for

PAUSE = 0.02  # seconds between two predictions


@contextmanager
def predicting(port: int) -> Iterator[list[float]]:
    """Predict in a thread; the list collects the milliseconds of each prediction."""
    taken: list[float] = []
    stop = threading.Event()
    request = request_for("She left without saying goodbye.")

    def ask() -> None:
        client = HttpClient(port)
        while not stop.wait(PAUSE):
            started = time.perf_counter()
            client.post(request)
            taken.append((time.perf_counter() - started) * 1000)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield taken
    finally:
        stop.set()
        thread.join()
