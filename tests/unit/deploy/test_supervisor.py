"""What keeps the processes of the local run, with processes that misbehave."""

import asyncio
import os
import signal
import sys
import time

import pytest

from deploy.local import supervisor
from deploy.local.supervisor import Child, ChildDiedError, Supervisor

LIVES = "import time; print('alive', flush=True); time.sleep(60)"
DIES = "import sys; print('I cannot', flush=True); sys.exit(3)"
TALKS = "print('x' * 3_000_000); print('after', flush=True); import time; time.sleep(60)"


class Run:
    """One run of a supervisor, and what it said."""

    def __init__(self, *tiers: list[str], until: str = "") -> None:
        self.said: list[str] = []
        self.children = [
            [
                Child(f"{tier}{place}", [sys.executable, "-c", code])
                for place, code in enumerate(codes)
            ]
            for tier, codes in zip("abc", tiers, strict=False)
        ]
        self._until = until
        self._supervisor = Supervisor(self.children, self._say)

    def _say(self, name: str, line: str) -> None:
        self.said.append(f"{name}: {line[:80]}")
        if self._until and self._until in self.said[-1]:
            os.kill(os.getpid(), signal.SIGTERM)

    async def _ready(self) -> None:
        if not self._until:
            os.kill(os.getpid(), signal.SIGTERM)

    def __call__(self) -> None:
        """Run until it is told to stop, at most for 20 seconds."""

        async def limited() -> None:
            await asyncio.wait_for(self._supervisor.run(self._ready), 20)

        asyncio.run(limited())

    def left(self) -> list[str]:
        """Return the names of children that still live."""
        return [
            child.name
            for tier in self.children
            for child in tier
            if child.process and child.process.returncode is None
        ]


def test_it_runs_and_relays_until_it_is_told_to_stop() -> None:
    """What each process writes is seen under its name, and all of them end."""
    run = Run([LIVES], [LIVES], until="b0: alive")
    run()
    assert run.said.count("b0: alive") == 1
    assert run.left() == []


@pytest.mark.parametrize("round_", range(5))
def test_being_stopped_while_it_starts_its_processes_leaves_none(round_: int) -> None:
    """Ctrl-C in the very first moment is obeyed as well."""
    started = time.monotonic()
    run = Run([LIVES] * (round_ + 1))
    run()
    assert run.left() == []
    assert time.monotonic() - started < 10


def test_a_process_that_keeps_dying_ends_the_run_with_its_name() -> None:
    """Instead of restarting for ever it gives up, says why and stops the others."""
    run = Run([LIVES], [DIES])
    run._until = "never"  # noqa: SLF001  (it ends by itself)
    with pytest.raises(ChildDiedError, match=r"b0 exited .3., for the 4th time within 60 seconds"):
        run()
    assert run.said.count("b0: I cannot") == 4
    assert run.said.count("run: b0 exited (3); starting it again") == 3
    assert run.left() == []


def test_a_process_that_ignores_the_signal_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopping ends, whatever a process does."""
    monkeypatch.setattr(supervisor, "STOP_WITHIN", 1)
    code = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {LIVES}"
    run = Run([code], until="a0: alive")
    run()
    assert "run: a0 did not stop in time and was killed" in run.said
    assert run.left() == []


def test_an_endless_line_is_dropped_and_what_follows_is_relayed() -> None:
    """A process cannot choke the log."""
    run = Run([TALKS], until="a0: after")
    run()
    assert "a0: after" in run.said
