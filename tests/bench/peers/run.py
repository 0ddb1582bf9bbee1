"""`make bench-peers`: Emojify beside other servers of the same model, in interleaved rounds.

Only ratios within one run count: all systems meet the same machine and the same noise.
"""

import argparse
import json
import os
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[3]))

import httpx
from load import Measured, drive
from processor import cpu_seconds
from reports import OUT, taken_on, write
from systems import SYSTEMS, System
from table import page
from texts import sentences

from support.deadlines import eventually
from support.homes import fresh_home, processes_of
from support.processes import Process, free_port
from support.redis_server import RedisServer

STARTS_WITHIN = 90  # seconds
BACKGROUND_WITHIN = 300  # for a busy machine: the trainer imports TensorFlow
LIST = 256  # texts in a list
CASES = {"1 client": (1, 1), "16 clients": (16, 1), "64 clients": (64, 1), "lists": (4, LIST)}


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument("--only", nargs="*", help="words in the names of systems", default=[""])
    parser.add_argument("--note", default="", help="what else the page must say of the machine")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    systems = [each for each in SYSTEMS if any(word in each.name for word in arguments.only)]
    report = {
        "taken_on": taken_on(),
        "note": arguments.note,
        "seconds": arguments.seconds,
        "rounds": [],
    }
    for number in range(arguments.rounds):
        turns = systems if number % 2 == 0 else systems[::-1]
        measured = {}
        for system in turns:
            measured[system.name] = measure(system, arguments.seconds)
            print(number, system.name, json.dumps(measured[system.name]), flush=True)
        report["rounds"].append(measured)
    write(arguments.out, "peers", report, page(report))


def measure(system: System, seconds: float) -> dict[str, dict[str, float]]:
    """Start a system, ask it, and end it; return the figures of each case."""
    texts = varied_sentences()
    rows = {}
    with running(system) as (home, port):
        for warm in (True, False):
            for case, (clients, length) in CASES.items():
                asked = [system.request(texts[at : at + length]) for at in range(0, 2000, length)]
                before = cpu(home)
                seen = drive(port, asked, clients, 1 if warm else seconds)
                rows[case] = figures(seen, length, cpu(home) - before)
    return rows


def figures(seen: Measured, length: int, seconds: float) -> dict[str, float]:
    """Return a row of the report."""
    answered = max(1, seen.answers * length)
    return {
        "p50_ms": round(seen.p50, 2),
        "p99_ms": round(seen.p99, 2),
        "texts_s": round(seen.rate * length, 1),
        "cpu_ms": round(seconds * 1000 / answered, 3),
        "failures": seen.failures,
    }


def varied_sentences() -> list[str]:
    """Return different sentences: heads and tails of the starter set's, always the same ones."""
    chance = random.Random(7)  # noqa: S311  (not for secrets)
    words = [text.split() for text in dict.fromkeys(sentences(1000)) if len(text.split()) > 7]
    made: dict[str, None] = {}
    while len(made) < 2048:
        head, tail = chance.sample(words, 2)
        made[" ".join(head[: chance.randint(4, 8)] + tail[-chance.randint(4, 8) :])] = None
    return list(made)


def cpu(home: Path) -> float:
    """Return the CPU seconds of all processes of a home so far."""
    spent = 0.0
    for pid in processes_of(home):
        with suppress(OSError):  # it ended
            spent += cpu_seconds(pid)
    return spent


@contextmanager
def running(system: System) -> Iterator[tuple[Path, int]]:
    """Run a system; give the home of its processes, and its port."""
    port = free_port()
    with ExitStack() as stack:
        home = stack.enter_context(fresh_home())
        url = stack.enter_context(redis_server(home)).url if system.redis else ""
        environ = system.environ_in(home, port, url)
        stack.callback(end_all, home)
        processes = [
            Process(command, environ, home.parent / f"{number}.log")
            for number, command in enumerate(system.commands(home, port))
        ]
        for process in processes:
            process.start()
            stack.callback(process.end, within=30)
        until_it_answers(system, port, processes)
        yield home, port


@contextmanager
def redis_server(home: Path) -> Iterator[RedisServer]:
    """Run a Redis for a peer, on a port as their tutorials have it."""
    server = RedisServer(home, port=free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def until_it_answers(system: System, port: int, processes: Sequence[Process]) -> None:
    """Wait for a first right answer, and for what starts in the background."""
    asked = system.body(["We won the match and danced all night!"])

    def answers() -> bool:
        with suppress(httpx.TransportError):
            url = f"http://127.0.0.1:{port}{system.path}"
            headers = {"Prefer": "wait=10"}
            return "joy" in httpx.post(url, json=asked, headers=headers, trust_env=False).text
        return False

    try:
        eventually(answers, within=STARTS_WITHIN, what=f"{system.name} answers")
    except AssertionError as e:
        outputs = "\n".join(process.output() for process in processes)
        raise AssertionError(f"{e}\n{outputs}") from e
    if system.says:
        processes[0].says(system.says, within=BACKGROUND_WITHIN)


def end_all(home: Path) -> None:
    """Kill what a system left behind."""
    for pid in processes_of(home):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
