"""The supervisor of the local run, with processes that misbehave."""

import asyncio
import os
import signal
import sys
import time

import pytest

from deploy.local import supervisor
from deploy.local.supervisor import Child, ChildDiedError, Supervisor

RUNS = "import time; print('alive', flush=True); time.sleep(60)"
EXITS = "import sys; print('I exit', flush=True); sys.exit(3)"
WRITES_A_LONG_LINE = (
    "print('x' * 3_000_000); print('after', flush=True); import time; time.sleep(60)"
)


class Run:
    """One run of a supervisor, and its log."""

    def __init__(self, *tiers: list[str], until: str = "") -> None:
        self.lines: list[str] = []
        self.children = [
            [
                Child(f"{tier}{position}", [sys.executable, "-c", code])
                for position, code in enumerate(codes)
            ]
            for tier, codes in zip("abc", tiers, strict=False)
        ]
        self._until = until
        self._supervisor = Supervisor(self.children, self._log)

    def _log(self, name: str, line: str) -> None:
        self.lines.append(f"{name}: {line[:80]}")
        if self._until and self._until in self.lines[-1]:
            os.kill(os.getpid(), signal.SIGTERM)

    async def _ready(self) -> None:
        if not self._until:
            os.kill(os.getpid(), signal.SIGTERM)

    def __call__(self) -> None:
        """Run until a signal stops it, for 20 seconds at most."""

        async def limited() -> None:
            await asyncio.wait_for(self._supervisor.run(self._ready), 20)

        asyncio.run(limited())

    def running(self) -> list[str]:
        """Return the names of processes that still run."""
        return [
            child.name
            for tier in self.children
            for child in tier
            if child.process and child.process.returncode is None
        ]


def test_supervisor_relays_output_until_it_is_stopped() -> None:
    """Each process's output appears under its name, and all processes end."""
    run = Run([RUNS], [RUNS], until="b0: alive")
    run()
    assert run.lines.count("b0: alive") == 1
    assert run.running() == []


@pytest.mark.parametrize("round_", range(5))
def test_stop_during_the_start_leaves_no_process(round_: int) -> None:
    """Ctrl-C works from the first moment."""
    started = time.monotonic()
    run = Run([RUNS] * (round_ + 1))
    run()
    assert run.running() == []
    assert time.monotonic() - started < 10


def test_process_that_exits_too_often_ends_the_run() -> None:
    """The supervisor stops restarting it, names it, and stops the others."""
    run = Run([RUNS], [EXITS])
    run._until = "never"  # noqa: SLF001  (the run ends by itself)
    with pytest.raises(ChildDiedError, match=r"b0 exited .3., for the 4th time within 60 seconds"):
        run()
    assert run.lines.count("b0: I exit") == 4
    assert run.lines.count("run: b0 exited (3); starting it again") == 3
    assert run.running() == []


def test_process_that_ignores_sigterm_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop ends in time, whatever a process does."""
    monkeypatch.setattr(supervisor, "STOP_WITHIN", 1)
    code = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {RUNS}"
    run = Run([code], until="a0: alive")
    run()
    assert "run: a0 did not stop in time and was killed" in run.lines
    assert run.running() == []


def test_overlong_line_is_dropped() -> None:
    """The lines after it are relayed."""
    run = Run([WRITES_A_LONG_LINE], until="a0: after")
    run()
    assert "a0: after" in run.lines
