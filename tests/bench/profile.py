"""`make profile`: where the milliseconds of one prediction go, from socket to socket."""

import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from http_client import HttpClient, request_for
from sections import family
from texts import sentences

from support.homes import fresh_home
from support.processes import Process
from support.stack import Stack

STEPS = (
    ("client sends", "web begins", "HTTP: gunicorn reads and hands over to a thread"),
    ("web begins", "web has read the request", "routing, rate limit, JSON, validation"),
    ("web has read the request", "web knows the queue's length", "back-pressure: LLEN"),
    ("web knows the queue's length", "web listens", "SUBSCRIBE, confirmed"),
    ("web listens", "web has published", "Celery and kombu make and push the message"),
    ("web has published", "worker has received", "Redis to worker, kombu unpacks (may overlap)"),
    ("worker has received", "worker begins", "Celery's tracing before the task"),
    ("worker begins", "worker has predicted", "tokens, ONNX Runtime, calibration"),
    ("worker has predicted", "worker has stored and announced", "log line, SET and PUBLISH"),
    ("worker has stored and announced", "web hears the answer", "Redis to web, a thread wakes"),
    ("web hears the answer", "web is done", "JSON, headers, log line, metrics"),
    ("web is done", "client has the answer", "HTTP: back through gunicorn"),
)
CALLS, WARM = 600, 100


def main() -> None:
    """Measure and print the table."""
    here = Path(__file__).parent
    with fresh_home() as home:
        file = home / "stamps"
        variables = {"EMOJIFY_RATE_LIMIT": "", "BENCH_STAMPS": str(file)}
        with Stack(home, **variables) as stack:
            for name in ("worker", "web"):
                command = [sys.executable, str(here / f"traced_{name}.py")]
                stack.parts[name] = Process(command, stack.environ, home / f"{name}.log")
            stack.start("redis", "worker", "web", "flower")
            stack.until_ready()
            client, request = HttpClient(stack.port), request_for(sentences(1)[0])
            mine = []
            for number in range(WARM + CALLS):
                if number == WARM:
                    used = {name: cpu_seconds(stack.parts[name].pid) for name in stack.parts}
                began = time.monotonic_ns()
                client.post(request)
                mine.append((began, time.monotonic_ns()))
            spent = {
                name: (cpu_seconds(stack.parts[name].pid) - before) / CALLS * 1000
                for name, before in used.items()
            }
        rows = [line.split(" ", 1) for line in file.read_text().splitlines()]
    print(table(steps(mine[WARM:], [(int(at), event) for at, event in rows])))
    print("\n| process | CPU ms a prediction |\n|---|--:|")
    for name, milliseconds in spent.items():
        print(f"| {name} | {milliseconds:.2f} |")


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and its children so far (Linux)."""
    ticks = 0
    for each in family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # user and system
    return ticks / os.sysconf("SC_CLK_TCK")


def steps(mine: list[tuple[int, int]], stamps: list[tuple[int, str]]) -> list[float]:
    """Return the median milliseconds of each step."""
    stamps.sort()
    taken: dict[str, list[float]] = defaultdict(list)
    position = 0
    for began, ended in mine:
        while position < len(stamps) and stamps[position][0] < began:
            position += 1
        seen = {"client sends": began, "client has the answer": ended}
        at = position
        while at < len(stamps) and stamps[at][0] < ended:
            seen.setdefault(stamps[at][1], stamps[at][0])
            at += 1
        for start, end, _ in STEPS:
            if start in seen and end in seen:
                taken[start].append((seen[end] - seen[start]) / 1e6)
        taken["whole"].append((ended - began) / 1e6)
    return [median(taken[start]) for start, _, _ in STEPS] + [median(taken["whole"])]


def table(figures: list[float]) -> str:
    """As Markdown."""
    lines = ["| step | median ms |", "|---|--:|"]
    lines += [f"| {what} | {ms:.2f} |" for (_, _, what), ms in zip(STEPS, figures, strict=False)]
    return "\n".join([*lines, f"| **socket to socket** | **{figures[-1]:.2f}** |"])


if __name__ == "__main__":
    main()
