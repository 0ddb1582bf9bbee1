"""A real process under test, with its own process group, and its output in a file."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from support.deadlines import eventually

REPOSITORY = Path(__file__).parents[2]
PYTHON = [sys.executable, "-m"]
PORTS = range(20_000, 30_000)

_ours: set[int] = set()
# This file has a byte for each port. A lock on the byte ends with the process that holds it.
_reserved = os.open(
    Path(tempfile.gettempdir()) / f"emojify-test-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT
)


class Process:
    """A command that a test starts and ends."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self.command, self.log = list(command), log
        self._environ = dict(environ)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id. Raises AssertionError before the first start."""
        assert self._child, f"{self.command} was not started"
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether the process runs."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start the process; append its output to the log."""
        assert not self.running, f"{self.command} is running already"
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self.command,
                cwd=REPOSITORY,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process, but not to its group."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the whole process group, like a crash of the machine."""
        if self.running:
            os.killpg(self.pid, signal.SIGKILL)
            self.wait(within=20)

    def wait(self, *, within: float) -> int:
        """Wait for the exit status. Raises AssertionError, with the log, after `within` seconds."""
        assert self._child
        try:
            return self._child.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {within} s:\n{self.output()}") from None

    def output(self) -> str:
        """Return the output so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def says(self, words: str, *, within: float) -> str:
        """Wait until a line of the output contains these words; return that line."""

        def line() -> str:
            return next((line for line in self.output().splitlines() if words in line), "")

        try:
            return eventually(line, within=within)
        except AssertionError as e:
            raise AssertionError(f"no line with {words!r}:\n{self.output()}") from e

    def end(self, *, within: float = 10) -> None:
        """Send SIGTERM, and kill the process after `within` seconds."""
        if not self.running:
            return
        self.signal(signal.SIGTERM)
        try:
            self.wait(within=within)
        except AssertionError:
            self.kill()
            raise


def refusal(process: Process) -> str:
    """Start a process that must refuse to run; return its one line of output."""
    process.start()
    try:
        assert process.wait(within=10) == 1, process.output()
        (line,) = process.output().splitlines()
    finally:
        process.end()
        process.log.unlink()
    return line


def clean_environ(**variables: str) -> dict[str, str]:
    """Return this environment without EMOJIFY_* variables, plus these ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EMOJIFY_")}
    return kept | variables


def free_port() -> int:
    """Return a TCP port on loopback that is reserved for this test process.

    The port is outside the range from which the kernel assigns ports. Otherwise a connection or
    another test could take it before our server listens there.
    """
    for step in range(len(PORTS)):
        port = PORTS[(os.getpid() * 100 + step) % len(PORTS)]
        if port not in _ours and _reserve(port) and not _in_use(port):
            _ours.add(port)
            return port
    raise AssertionError("no port is free")


def _reserve(port: int) -> bool:
    try:
        fcntl.lockf(_reserved, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
