"""Processes that call one function of this module at the same moment.

A fork server imports everything once, so that each further process starts in milliseconds.
"""

import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

from sqlalchemy import event

from emojify_core.errors import EmojifyError
from emojify_core.storage.database import migrate
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.versions.repository import VersionRepository
from support.learning import publication, sha256

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["pytest", "alembic.command", "support.racing"])


class Racer:
    """A process that waits for `go`, then calls the function with these arguments."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._ours, theirs = _PROCESSES.Pipe()
        self.process = _PROCESSES.Process(
            target=_run, args=(theirs, function, arguments), daemon=True
        )
        self.process.start()
        theirs.close()
        assert self.receive() == "ready"

    def go(self) -> None:
        """Let the process call its function."""
        self._ours.send("go")

    def receive(self) -> Any:
        """Return the next value that the process sends."""
        assert self._ours.poll(60), "the process is silent"
        return self._ours.recv()

    def kill(self) -> None:
        """Kill the process as a power cut does."""
        self.process.kill()
        self.end()

    def end(self) -> None:
        """Wait for the end of the process."""
        self.process.join(10)
        self._ours.close()


def race(function: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> list[Any]:
    """Let one process per tuple call the function; return the results in the same order."""
    racers = [Racer(function, *each) for each in arguments]
    for racer in racers:
        racer.go()
    results = [racer.receive() for racer in racers]
    for racer in racers:
        racer.end()
    assert [racer.process.exitcode for racer in racers] == [0] * len(racers)
    return results


def event_between_processes() -> Event:
    """Return an event that a racer can set and the test can wait for."""
    return _PROCESSES.Event()


def _run(connection: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    connection.send("ready")
    connection.recv()
    connection.send(function(*arguments))


def upgrade(url: str) -> str:
    """Create the tables."""
    engine = make_engine(url)
    migrate.upgrade(engine)
    engine.dispose()
    return "done"


def ensure_base(url: str, name: str) -> str:
    """Store the shipped model; return the hash of the base version afterwards."""
    engine = make_engine(url)
    version = VersionRepository(engine).ensure_base(sha256(name), {})
    engine.dispose()
    return version.sha256


def publish(url: str, name: str, generation: str, *learned: str) -> str:
    """Publish on top of version 1; return "published" or the code of the error."""
    engine = make_engine(url)
    try:
        VersionRepository(engine).publish(publication(name, 1, learned), int(generation))
    except EmojifyError as e:
        return e.code
    finally:
        engine.dispose()
    return "published"


def publish_and_hang(url: str, moment: str, hanging: Event, *learned: str) -> None:
    """Publish on top of version 1, but hang before the commit or after an UPDATE."""
    engine = make_engine(url)

    def hang(*details: Any) -> None:
        if moment == "commit" or "UPDATE live_pointer" in details[2]:
            hanging.set()
            threading.Event().wait()  # until the test kills this process

    event.listen(engine, moment, hang)
    VersionRepository(engine).publish(publication("killed", 1, learned), 1)
