"""One real process under test: its own process group, its output in a file, always ended."""

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
# A byte of this file for each port; a lock on it ends with the process that holds it.
_reserved = os.open(
    Path(tempfile.gettempdir()) / f"emojify-test-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT
)


class Process:
    """A command that is started here and never outlives `end`."""

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
        """Whether it was started and lives."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start it; what it writes is appended to the log."""
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
        """Signal the process itself, as `kill` does."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End the whole process group at once, as a crash of the machine would."""
        if self.running:
            os.killpg(self.pid, signal.SIGKILL)
            self.wait(within=20)

    def wait(self, *, within: float) -> int:
        """Return the exit status. Raises AssertionError, with the log, if it runs on."""
        assert self._child
        try:
            return self._child.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {within} s:\n{self.output()}") from None

    def output(self) -> str:
        """Return what it has written so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def says(self, words: str, *, within: float) -> str:
        """Wait until a line of the log holds these words; return that line."""

        def line() -> str:
            return next((line for line in self.output().splitlines() if words in line), "")

        try:
            return eventually(line, within=within)
        except AssertionError as e:
            raise AssertionError(f"never said {words!r}:\n{self.output()}") from e

    def end(self, *, within: float = 10) -> None:
        """Ask it to stop, and kill what does not."""
        if not self.running:
            return
        self.signal(signal.SIGTERM)
        try:
            self.wait(within=within)
        except AssertionError:
            self.kill()
            raise


def refusal(process: Process) -> str:
    """Start a process that must refuse to run; return the one line that gives its reason."""
    process.start()
    try:
        assert process.wait(within=10) == 1, process.output()
        (line,) = process.output().splitlines()
    finally:
        process.end()
        process.log.unlink()
    return line


def clean_environ(**variables: str) -> dict[str, str]:
    """Return this environment without our own settings, and with these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EMOJIFY_")}
    return kept | variables


def free_port() -> int:
    """Return a TCP port of the loopback address for this process alone, until it ends.

    None that the kernel itself gives out: until our server listens there, some seconds later, any
    connection or any other test might have been given it.
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
