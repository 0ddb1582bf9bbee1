"""Processes that all call one function at the same moment, as a start of the whole stack does.

    python -m support.racing support.racing:upgrade URL

imports, says that it is ready, waits for a line on its standard input, calls the function with
the arguments and prints what it returned as JSON.
"""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import event

from emojify_core.errors import EmojifyError
from emojify_core.storage.database import migrate
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.versions.repository import VersionRepository
from support.learning import publication, sha256

TESTS = Path(__file__).parents[1]


def racer(function: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start a process that says when it is ready and then waits for `go`."""
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    return subprocess.Popen(
        [sys.executable, "-m", "support.racing", f"support.racing:{function}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )


def go(process: "subprocess.Popen[str]") -> None:
    """Give a racer the word."""
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def until_said(process: "subprocess.Popen[str]", word: str) -> None:
    """Wait for the next line that a racer writes."""
    assert process.stdout
    assert process.stdout.readline() == f"{word}\n"


def race(function: str, arguments: list[tuple[str, ...]]) -> list[Any]:
    """Let as many processes as there are tuples call the function; return what they returned."""
    racers = [racer(function, *one) for one in arguments]
    for process in racers:
        until_said(process, "ready")
    for process in racers:
        go(process)
    answers = [process.communicate(timeout=60)[0] for process in racers]
    assert [process.returncode for process in racers] == [0] * len(racers), answers
    return [json.loads(answer) for answer in answers]


def upgrade(url: str) -> str:
    """Create the tables."""
    engine = make_engine(url)
    migrate.upgrade(engine)
    engine.dispose()
    return "done"


def ensure_base(url: str, name: str) -> str:
    """Bring the shipped model; return the sum of the version that there is then."""
    engine = make_engine(url)
    version = VersionRepository(engine).ensure_base(sha256(name), {})
    engine.dispose()
    return version.sha256


def publish(url: str, name: str, generation: str, *learned: str) -> str:
    """Publish on top of version 1; return the code of the error, if there was one."""
    engine = make_engine(url)
    try:
        VersionRepository(engine).publish(publication(name, 1, learned), int(generation))
    except EmojifyError as e:
        return e.code
    finally:
        engine.dispose()
    return "published"


def publish_and_hang(url: str, moment: str, *learned: str) -> str:
    """Publish on top of version 1, but stop for ever before the commit, or after an UPDATE."""
    engine = make_engine(url)

    def hang(*details: Any) -> None:
        if moment == "commit" or "UPDATE live_pointer" in details[2]:
            sys.stdout.write("hanging\n")
            sys.stdout.flush()
            sys.stdin.read()

    event.listen(engine, moment, hang)
    VersionRepository(engine).publish(publication("killed", 1, learned), 1)
    return "published"


if __name__ == "__main__":
    module, _, wanted = sys.argv[1].partition(":")
    called = getattr(import_module(module), wanted)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps(called(*sys.argv[2:])))
