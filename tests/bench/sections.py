"""The sections of the benchmark: each function returns rows of (name, figure, unit)."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median

from default_celery import noop
from http_client import HttpClient, request_for
from noop_worker import NOOP
from texts import sentences
from timing import latency, rate

from emojify_core.messages import PredictRequest, State
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.redis_client import connect
from emojify_core.settings import Settings
from support.deadlines import eventually
from support.processes import Process, clean_environ, free_port
from support.stack import Stack

Row = tuple[str, float, str]
HERE = Path(__file__).parent
THREADS = 16  # concurrent clients
TURNS = 7
PARTS = ("redis", "worker", "web", "flower", "train")  # what `make run` starts


def engine(scale: float) -> list[Row]:
    """Time the predictor alone: raw strings in, probabilities out."""
    rows: list[Row] = []
    for threads in (1, 2):
        predictor = Predictor.load(SHIPPED, threads=threads)
        for count in (1, 64, 512):
            texts = sentences(count)
            turn = cycle([texts] if count > 1 else [[text] for text in sentences(400)])
            taken = latency(
                lambda p=predictor, t=turn: p.predict(next(t)), calls_of(4000 / count, scale)
            )
            name = f"engine, {count} text{'s' * (count > 1)}, {threads} thread{'s' * (threads > 1)}"
            if count == 1:
                rows += [(f"{name}, p50", taken.p50, "ms"), (f"{name}, p99", taken.p99, "ms")]
            rows.append((name, count / taken.p50 * 1000, "texts/s"))
    return rows


def article(scale: float) -> list[Row]:
    """Time Keras behind a plain Flask route on Flask's own server."""
    port = free_port()
    environ = clean_environ(EMOJIFY_PORT=str(port), TF_CPP_MIN_LOG_LEVEL="3")
    with running_process([sys.executable, str(HERE / "article_server.py")], environ) as server:
        server.says("Running on", within=120)
        request = request_for(sentences(1)[0], "/predict")
        taken = latency(lambda: HttpClient(port).post(request), calls_of(150, scale), warm=5)
        memory = resident(server.pid)
    return [
        ("article: Flask + Keras predict(), p50", taken.p50, "ms"),
        ("article: Flask + Keras predict(), p99", taken.p99, "ms"),
        ("article: memory", memory, "MB"),
    ]


def default_celery(redis_url: str, scale: float) -> list[Row]:
    """Time a task that does nothing in Celery with its defaults."""
    noop.app.conf.update(broker_url=redis_url, result_backend=redis_url)
    where = ["-b", redis_url, "--result-backend", redis_url, "--workdir", str(HERE)]
    command = [sys.executable, "-m", "celery", "-A", "default_celery", *where, "worker"]
    with running_process(command, clean_environ()):
        ask = lambda: noop.delay("x").get(timeout=30)  # noqa: E731
        ask()
        taken = latency(ask, calls_of(400, scale))
        many = rate(lambda: ask, calls_of(1600, scale), THREADS)
    return [
        ("no-op task, Celery's defaults, p50", taken.p50, "ms"),
        ("no-op task, Celery's defaults, p99", taken.p99, "ms"),
        (f"no-op task, Celery's defaults, {THREADS} clients", many, "tasks/s"),
    ]


def round_trips(stack: Stack, scale: float) -> list[Row]:
    """Time a task that does nothing and predictions over HTTP, in turns.

    Both use the same worker, queue, pool, events, acknowledgement and waiting. In turns they meet
    the same noise; the figure is the median of the turns.
    """
    no_op = no_op_of(stack)
    texts = sentences(256)
    single, many = request_for(texts[0]), request_for(texts)

    def caller(request: bytes) -> Callable[[], object]:
        own = HttpClient(stack.port)
        return lambda: own.post(request)

    turns: dict[Row, list[float]] = {}

    def note(name: str, unit: str, figure: float) -> None:
        turns.setdefault((name, 0.0, unit), []).append(figure)

    for _ in range(TURNS):
        taken = latency(no_op, calls_of(250, scale))
        note("no-op task, our settings, p50", "ms", taken.p50)
        note("no-op task, our settings, p99", "ms", taken.p99)
        taken = latency(caller(single), calls_of(250, scale))
        note("HTTP, one text, p50", "ms", taken.p50)
        note("HTTP, one text, p99", "ms", taken.p99)
        done = rate(lambda: no_op, calls_of(800, scale), THREADS)
        note(f"no-op task, our settings, {THREADS} clients", "tasks/s", done)
        done = rate(lambda: caller(single), calls_of(800, scale), THREADS)
        note(f"HTTP, one text, {THREADS} clients", "texts/s", done)
        done = rate(lambda: caller(many), calls_of(40, scale), 4) * len(texts)
        note("HTTP, 256 texts, 4 clients", "texts/s", done)
    return [(name, median(figures), unit) for (name, _, unit), figures in turns.items()]


def no_op_of(stack: Stack) -> Callable[[], None]:
    """Return a function that lets the worker do nothing and waits for it as the web does."""
    settings = Settings.from_env(stack.environ)
    queue = NoopQueue(make_celery(settings), connect(settings.resolved_redis_url), IdSigner("b"))
    nothing = PredictRequest(("x",), single=True, request_id="bench")

    def no_op() -> None:
        assert queue.submit(nothing, wait=30).state is State.SUCCEEDED

    return no_op


def noop_worker(stack: Stack) -> Process:
    """Return a worker with the task that does nothing."""
    command = [sys.executable, str(HERE / "noop_worker.py")]
    return Process(command, stack.environ, stack.home / "worker.log")


class NoopQueue(PredictionQueue):
    """The client of the prediction queue, with a task that does nothing."""

    TASK = NOOP


def memory(stack: Stack) -> list[Row]:
    """Return the resident memory of each process after all other sections."""
    rows = [
        (f"memory: {name}", sum(map(resident, family(part.pid))), "MB")
        for name, part in stack.parts.items()
        if part.running
    ]
    return [*rows, ("memory: all", sum(row[1] for row in rows), "MB")]


def start(stack: Stack) -> list[Row]:
    """Time `make run` from the command to the first correct prediction."""
    started = time.perf_counter()
    local = stack.process("local")
    local.start()
    try:
        eventually(stack.ready, within=60, what="the stack is ready")
        answer = stack.predict("We won the match and danced all night!")
        assert answer["result"]["label"] == "joy"
        return [("start to first right answer over HTTP", time.perf_counter() - started, "s")]
    finally:
        local.end(within=15)


def resident(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    out = subprocess.run(["/bin/ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=True)
    return int(out.stdout) / 1024


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    out = subprocess.run(
        ["/bin/ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, check=False
    )
    return [pid, *map(int, out.stdout.split())]


def calls_of(number: float, scale: float) -> int:
    """Return how many calls a section makes."""
    return max(20, int(number * scale))


@contextmanager
def running_process(command: list[str], environ: dict[str, str]) -> Iterator[Process]:
    """Run a process beside the stack."""
    log = Path(tempfile.mkstemp(prefix="emojify-bench-")[1])
    process = Process(command, environ, log)
    process.start()
    try:
        yield process
    finally:
        process.end(within=20)
        log.unlink()
