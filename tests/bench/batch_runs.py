"""Batches through a whole stack: how fast, how much memory, and who waits meanwhile."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from asking import asking
from batch_rows import count_rows, write_table
from sections import family, resident

from emojify_core.client import Emojify
from emojify_core.ml.inference.predictor import Predictor
from support.stack import Stack

CHUNK = 512  # texts given to the engine at once: more are no faster
SAMPLE_EVERY = 5.0  # seconds between looks at memory, each of which costs some milliseconds
PARTS = ("worker", "web")


@dataclass(frozen=True, slots=True)
class Run:
    """One batch from its first byte sent to its last byte fetched."""

    sent: int  # rows
    rows: int  # in the result
    right: int  # of these, in the place in which they were sent and with an answer
    answered: float  # seconds until all rows were answered, sending included
    fetched: float  # seconds more until the results were fetched
    waits: list[float]  # milliseconds of each prediction while rows were answered
    waits_fetching: list[float]  # and while results were fetched

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


def run_batch(stack: Stack, texts: Iterable[str], *, ask: bool = False) -> Run:
    """Send a table, wait for its answers and fetch them, as `emojify batch` does.

    With `ask` somebody else asks for predictions meanwhile.
    """
    table, out = stack.home.with_name("texts.csv"), stack.home.with_name("results.csv")
    sent = write_table(table, texts)
    beside = asking(stack.port) if ask else nullcontext([])
    with Emojify(stack.url) as emojify, beside as waits:
        started = time.perf_counter()
        batch = emojify.submit(table, column="text")
        emojify.wait(batch.id)
        answered, before = time.perf_counter(), len(waits)
        emojify.download(batch.id, out)
        fetched = time.perf_counter()
    seconds = answered - started, fetched - answered
    run = Run(sent, *count_rows(out), *seconds, waits[:before], waits[before:])
    print(f"{run.rows:,} rows, {run.rate:,.0f} a second", flush=True)  # the whole takes minutes
    return run


@dataclass(slots=True)
class Memory:
    """Resident MB of a part of the stack: at first, at last, and at most."""

    first: float
    most: float
    last: float


@contextmanager
def watching_memory(stack: Stack) -> Iterator[dict[str, Memory]]:
    """Look at the memory of worker and web from now on."""
    processes = {name: family(stack.parts[name].pid) for name in PARTS}

    def resident_of(name: str) -> float:
        return sum(map(resident, processes[name]))

    seen = {name: Memory(now, now, now) for name in PARTS for now in [resident_of(name)]}
    stop = threading.Event()

    def look() -> None:
        for name, memory in seen.items():
            memory.last = resident_of(name)
            memory.most = max(memory.most, memory.last)

    def go_on() -> None:
        while not stop.wait(SAMPLE_EVERY):
            look()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
        look()
