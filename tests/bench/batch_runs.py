"""Batches through a whole stack: speed, memory, and the latency of other clients."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from background_client import predicting
from batch_rows import count_rows, write_table
from sections import family, resident

from emojify_core.client import Emojify
from emojify_core.ml.inference.predictor import Predictor
from support.stack import Stack

CHUNK = 512  # texts per call of the engine; more are no faster
SAMPLE_EVERY = 5.0  # seconds between two samples; each costs a few milliseconds
PARTS = ("worker", "web")


@dataclass(frozen=True, slots=True)
class Run:
    """One batch, from the first byte sent to the last byte fetched."""

    sent: int  # rows
    rows: int  # in the result
    right: int  # of these, in their place and with a prediction
    answered: float  # seconds from sending until every row has its prediction
    fetched: float  # further seconds for fetching the results
    waits: list[float]  # milliseconds of other clients' predictions while the batch ran
    waits_fetching: list[float]  # the same while the results were fetched

    @property
    def rate(self) -> float:
        """Rows per second, from sending to fetching."""
        return self.rows / (self.answered + self.fetched)


def engine_rate(predictor: Predictor, texts: Sequence[str]) -> float:
    """Return the texts per second of the model alone, without queue, files and HTTP."""
    started = time.perf_counter()
    for start in range(0, len(texts), CHUNK):
        predictor.predict(texts[start : start + CHUNK])
    return len(texts) / (time.perf_counter() - started)


def run_batch(stack: Stack, texts: Iterable[str], *, ask: bool = False) -> Run:
    """Submit a table, wait for its end and fetch the results, like `emojify batch`.

    With `ask` another client predicts meanwhile.
    """
    table, out = stack.home.with_name("texts.csv"), stack.home.with_name("results.csv")
    sent = write_table(table, texts)
    beside = predicting(stack.port) if ask else nullcontext([])
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
    """Resident MB of one part of the stack: first, last and maximum."""

    first: float
    most: float
    last: float


@contextmanager
def watching_memory(stack: Stack) -> Iterator[dict[str, Memory]]:
    """Record the memory of worker and web during the block."""
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
