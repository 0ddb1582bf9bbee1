"""What a single text costs the processor, and its rate beside plain Flask without a queue."""

import sys
from collections.abc import Callable
from statistics import median

from http_client import HttpClient, request_for
from processor import cpu_seconds
from sections import HERE, THREADS, TURNS, Row, calls_of, family, running_process
from texts import sentences
from timing import rate

from support.deadlines import eventually
from support.processes import REPOSITORY, clean_environ, free_port
from support.stack import Stack

SERVERS = HERE / "peers" / "servers"
CPU = f"processor time of a text, {THREADS} clients"
OURS = f"HTTP, one text, beside plain Flask, {THREADS} clients"
PLAIN = f"plain Flask without a queue, one text, {THREADS} clients"


def single_texts(stack: Stack, scale: float) -> list[Row]:
    """Ask both servers in turns, so that they meet the same noise."""
    port = free_port()
    environ = clean_environ(PYTHONPATH=f"{SERVERS}:{REPOSITORY}")
    options = ["--workers", "2", "--threads", str(THREADS // 2), "--bind", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", *options, "plain_flask:app"]
    ours, plain = request_for(sentences(1)[0]), request_for(sentences(1), "/predict")
    calls = calls_of(1600, scale)

    def caller(at: int, request: bytes) -> Callable[[], object]:
        own = HttpClient(at)
        return lambda: own.post(request)

    def answers() -> bool:
        try:
            return bool(HttpClient(port).post(plain))
        except OSError:
            return False

    turns: list[tuple[float, float, float]] = []
    with running_process(command, environ):
        eventually(answers, within=60, what="plain Flask answers")
        for _ in range(TURNS):
            before = _cpu(stack)
            ours_a_second = rate(lambda: caller(stack.port, ours), calls, THREADS)
            needed = (_cpu(stack) - before) * 1000 / calls
            plain_a_second = rate(lambda: caller(port, plain), calls, THREADS)
            turns.append((needed, ours_a_second, plain_a_second))
    rows = zip((CPU, OURS, PLAIN), zip(*turns, strict=True), ("ms", *["texts/s"] * 2), strict=True)
    return [(name, median(figures), unit) for name, figures, unit in rows]


def _cpu(stack: Stack) -> float:
    """Return the CPU seconds of all parts so far."""
    return sum(cpu_seconds(*family(part.pid)) for part in stack.parts.values() if part.running)
