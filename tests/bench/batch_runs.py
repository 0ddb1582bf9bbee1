"""Batches through a whole stack: how fast, how much memory, and who waits meanwhile."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from batch_rows import rows_in_order
from sections import family, resident

from emojify_core.client import Emojify
from emojify_core.ml.predictor import Predictor
from support.stack import Stack

CHUNK = 512  # texts given to the engine at once, as many as to a worker
SAMPLE_EVERY = 0.5  # seconds between looks at memory
PARTS = ("worker", "web")


@dataclass(frozen=True, slots=True)
class Run:
    """One batch from its first byte sent to its last byte fetched."""

    rows: int  # in the result, each in its place
    answered: float  # seconds until all rows were answered, sending included
    fetched: float  # seconds more until the results were fetched

    @property
    def rate(self) -> float:
        """Rows a second, all of it included."""
        return self.rows / (self.answered + self.fetched)


def engine_rate(predictor: Predictor, texts: Sequence[str]) -> float:
    """Return the texts a second of the model alone, without queue, files or HTTP."""
    started = time.perf_counter()
    for start in range(0, len(texts), CHUNK):
        predictor.predict(texts[start : start + CHUNK])
    return len(texts) / (time.perf_counter() - started)


def run_batch(stack: Stack, table: Path, folder: Path) -> Run:
    """Send a table, wait for its answers and fetch them, as `emojify batch` does."""
    out = folder / "results.csv"
    with Emojify(stack.url) as emojify:
        started = time.perf_counter()
        batch = emojify.submit(table, column="text")
        emojify.wait(batch.id)
        answered = time.perf_counter()
        emojify.download(batch.id, out)
        fetched = time.perf_counter()
    run = Run(rows_in_order(out), answered - started, fetched - answered)
    out.unlink()
    return run


@dataclass(slots=True)
class Memory:
    """Resident MB of a part of the stack: at first, at last, and at most."""

    first: float
    most: float
    last: float

    @property
    def growth(self) -> float:
        """The most it had more than at first."""
        return self.most - self.first


@contextmanager
def watching_memory(stack: Stack) -> Iterator[dict[str, Memory]]:
    """Look at the memory of worker and web from now on."""
    seen = {name: Memory(now, now, now) for name in PARTS for now in [_resident(stack, name)]}
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(SAMPLE_EVERY):
            for name, memory in seen.items():
                memory.last = _resident(stack, name)
                memory.most = max(memory.most, memory.last)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def _resident(stack: Stack, name: str) -> float:
    return sum(map(resident, family(stack.parts[name].pid)))
