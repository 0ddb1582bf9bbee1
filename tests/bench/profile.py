"""`make profile`: the milliseconds of each step of one prediction, from socket to socket."""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from http_client import HttpClient, request_for
from processor import cpu_seconds
from reports import OUT, taken_on, write
from sections import HERE, PARTS, THREADS, family, no_op_of, noop_worker
from texts import sentences
from timing import rate

from support.homes import fresh_home
from support.processes import Process
from support.stack import RAISED, Stack

STEPS = (
    ("client sends", "web begins", "HTTP: gunicorn reads and hands over to a thread"),
    ("web begins", "web has read the request", "routing, rate limit, JSON, validation"),
    (
        "web has read the request",
        "web knows the queue's length",
        "back-pressure: LLEN, when it is due (20 times a second)",
    ),
    ("web knows the queue's length", "web listens", "noted who expects the answer"),
    ("web listens", "web has published", "Celery and kombu make and push the message"),
    ("web has published", "worker has received", "Redis to worker, kombu unpacks (may overlap)"),
    (
        "worker has received",
        "worker begins",
        "Celery's tracing, reading the live pointer",
    ),
    ("worker begins", "worker has predicted", "tokens, ONNX Runtime, calibration"),
    ("worker has predicted", "worker has stored and announced", "log line, SET and PUBLISH"),
    ("worker has stored and announced", "web hears the answer", "Redis to web, a thread wakes"),
    ("web hears the answer", "web is done", "JSON, headers, log line, metrics"),
    ("web is done", "client has the answer", "HTTP: back through gunicorn"),
)
# A task that does nothing lacks the steps that begin with these words.
SPARED = {"client sends", "web begins", "worker begins", "web hears the answer", "web is done"}
# A step starts with this event, or else with the end of the step before. These two overlap.
AFTER = {"worker has received": "web listens", "web hears the answer": "worker has predicted"}
CALLS, WARM = 600, 100
MANY = 4000  # calls whose CPU time is measured


def main() -> None:
    """Measure and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1, help="share of the calls (0.1: a look)")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    machine = taken_on()
    taken = traced(max(100, int(CALLS * arguments.scale)))
    needed = costs(max(200, int(MANY * arguments.scale)))
    figures = {"taken_on": machine, "steps": taken, "cpu_ms": needed}
    how = (
        "`make profile`, the last run, with raised rate limits. Client, web and worker stamp one "
        "clock while one request follows the other; the table shows medians."
    )
    lines = ["# Where the time of a prediction goes", "", how, "", machine, "", *table(taken), ""]
    write(arguments.out, "profile", figures, lines + cost_table(needed))


def traced(calls: int) -> list[float]:
    """Return the median milliseconds of each step and of the whole."""
    with fresh_home() as home:
        file = home / "stamps"
        variables = {"EMOJIFY_RATE_LIMIT": RAISED, "BENCH_STAMPS": str(file)}
        with Stack(home, **variables) as stack:
            for name in ("worker", "web"):
                command = [sys.executable, str(HERE / f"traced_{name}.py")]
                stack.parts[name] = Process(command, stack.environ, home / f"{name}.log")
            stack.start("redis", "worker", "web", "flower")
            stack.until_ready()
            client, request = HttpClient(stack.port), request_for(sentences(1)[0])
            mine = []
            for _ in range(WARM + calls):
                began = time.monotonic_ns()
                client.post(request)
                mine.append((began, time.monotonic_ns()))
        rows = [line.split(" ", 1) for line in file.read_text().splitlines()]
    return steps(mine[WARM:], [(int(at), event) for at, event in rows])


def costs(calls: int) -> dict[str, dict[str, float]]:
    """Return each process's CPU milliseconds for a prediction and for a task that does nothing."""
    with fresh_home() as home, Stack(home, EMOJIFY_RATE_LIMIT=RAISED) as stack:
        stack.parts["worker"] = noop_worker(stack)
        stack.start(*PARTS)
        stack.until_ready()
        stack.until_warm()
        request, no_op = request_for(sentences(1)[0]), no_op_of(stack)

        def predict() -> Callable[[], object]:
            client = HttpClient(stack.port)
            return lambda: client.post(request)

        needed = {
            "prediction": _spent(stack, predict, calls),
            "no-op task": _spent(stack, lambda: no_op, calls),
        }
        stack.parts["train"].end(within=30)  # Keras takes its time
    return needed


def _spent(
    stack: Stack, make_call: Callable[[], Callable[[], object]], calls: int
) -> dict[str, float]:
    def used() -> dict[str, float]:
        parts = {name: cpu_seconds(*family(part.pid)) for name, part in stack.parts.items()}
        return parts | {"the bench's client": time.process_time()}

    rate(make_call, max(100, calls // 10), THREADS)  # warm
    before = used()
    rate(make_call, calls, THREADS)
    return {name: (now - before[name]) / calls * 1000 for name, now in used().items()}


def steps(mine: list[tuple[int, int]], stamps: list[tuple[int, str]]) -> list[float]:
    """Return the median milliseconds of each step."""
    stamps.sort()
    taken: dict[str, list[float]] = defaultdict(list)
    before = {end: start for start, end, _ in STEPS} | AFTER
    position = 0
    for began, ended in mine:
        while position < len(stamps) and stamps[position][0] < began:
            position += 1
        seen = {"client sends": began, "client has the answer": ended}
        at = position
        while at < len(stamps) and stamps[at][0] < ended:
            when, event = stamps[at]
            if before[event] in seen:  # otherwise it belongs to the previous request
                seen.setdefault(event, when)
            at += 1
        for start, end, _ in STEPS:
            if start in seen and end in seen:
                taken[start].append((seen[end] - seen[start]) / 1e6)
        taken["whole"].append((ended - began) / 1e6)
    return [median(taken[start]) for start, _, _ in STEPS] + [median(taken["whole"])]


def table(figures: list[float]) -> list[str]:
    """Return the steps as Markdown."""
    lines = ["| step | median ms |", "|---|--:|"]
    lines += [f"| {what} | {ms:.2f} |" for (_, _, what), ms in zip(STEPS, figures, strict=False)]
    spared = sum(ms for (start, _, _), ms in zip(STEPS, figures, strict=False) if start in SPARED)
    rest = (
        f"Of this, {spared:.2f} ms are HTTP, Flask, the rate limit and the model. A task that does "
        "nothing needs only the rest, Celery and Redis."
    )
    return [
        *lines,
        f"| **socket to socket** | **{figures[-1]:.2f}** |",
        "",
        rest,
    ]


def cost_table(needed: dict[str, dict[str, float]]) -> list[str]:
    """Return the CPU time as Markdown."""
    predictions, nothing = needed["prediction"], needed["no-op task"]
    both = [(name, ms, nothing[name]) for name, ms in predictions.items()]
    whole = sum(predictions.values()), sum(nothing.values())
    how = (
        f"Processor time, at {THREADS} clients. A task that does nothing goes through the worker "
        "in the same way, but its client is the bench itself, not the web:"
    )
    bound = (
        f"If processor time alone limited both, single texts would reach "
        f"{whole[1] / whole[0]:.2f} of the rate of tasks that do nothing."
    )
    return [
        how,
        "",
        "| process | ms a prediction | ms a no-op task |",
        "|---|--:|--:|",
        *(f"| {name} | {ms:.2f} | {no_op:.2f} |" for name, ms, no_op in both),
        f"| **all** | **{whole[0]:.2f}** | **{whole[1]:.2f}** |",
        "",
        bound,
    ]


if __name__ == "__main__":
    main()
