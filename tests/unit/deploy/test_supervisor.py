"""The supervisor of the local run, with processes that misbehave."""

import asyncio
import json
import os
import signal
import sys
import time

import pytest

from deploy.local import child, supervisor
from deploy.local.child import Child, ChildDiedError
from deploy.local.output import json_line
from deploy.local.supervisor import STOP_SIGNALS, Supervisor

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
        self._until, self.signal = until, signal.SIGTERM
        self._supervisor = Supervisor(self.children, self._log)

    def _log(self, name: str, line: str) -> None:
        self.lines.append(f"{name}: {line[:80]}")
        if self._until and self._until in self.lines[-1]:
            os.kill(os.getpid(), self.signal)

    async def _ready(self) -> None:
        if not self._until:
            os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()  # it never becomes ready

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
    pauses = [line for line in run.lines if "starting it again" in line]
    assert [line.rpartition(" in ")[2] for line in pauses] == ["0.5 s", "1 s", "2 s"]
    assert run.running() == []


def test_optional_process_that_exits_again_and_again_is_given_up_alone() -> None:
    """Flower or the trainer may be broken for good; predictions go on, and one line says so."""
    run = Run([RUNS], [EXITS], until="degraded")
    run.children[1][0].optional = True
    run()
    assert run.lines.count("b0: I exit") == 4
    assert run.children[1][0].degraded


def test_process_restarts_for_ever_once_the_run_was_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ails it may pass, and nobody may be there to restart it by hand."""
    monkeypatch.setattr(child, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(child, "LONGEST_PAUSE", 0.05)
    dying = Child("web", [])
    after = [dying.died(float(second), was_ready=True) for second in range(20)]
    assert set(after) == {child.Next.RESTART}
    assert dying.restarts == 20


def test_process_that_ran_well_meanwhile_restarts_soon() -> None:
    """Exits long ago count no more, neither for the pause nor for giving up."""
    dying = Child("train", [], optional=True)
    dying.started()
    for second in range(4):
        dying.died(time.monotonic() + second / 10, was_ready=True)
    assert dying.degraded
    assert dying.died(time.monotonic() + 100, was_ready=True) is child.Next.RESTART
    assert (dying.degraded, dying.pause) == (False, 0.5)


def test_optional_process_that_runs_well_again_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not only at its next exit, which may never come."""
    monkeypatch.setattr(supervisor, "PER_SECONDS", 0.2)
    run = Run([RUNS], until="a0: alive")
    only = run.children[0][0]
    only.degraded = True
    changes: list[bool] = []

    def change() -> None:
        changes.append(only.degraded)
        os.kill(os.getpid(), signal.SIGTERM)

    run._supervisor = Supervisor(run.children, run._log, on_change=change)  # noqa: SLF001
    run._until = "never"  # noqa: SLF001  (the change ends the run)
    run()
    assert changes == [False]


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_every_end_of_a_terminal_stops_all(number: signal.Signals) -> None:
    """Closing the terminal (SIGHUP) is as good as Ctrl-C."""
    run = Run([RUNS], until="a0: alive")
    run.signal = number
    run()
    assert run.running() == []


@pytest.mark.parametrize("line", ["plain words", '{"event": "request", "status": 200}', "[1]"])
def test_json_output_holds_one_object_a_line(line: str) -> None:
    """A log collector reads every line, and each names its process."""
    read = json.loads(json_line("web", line))
    assert read["process"] == "web"
    assert read["event"] in {line, "request"}


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


def test_a_last_line_without_an_end_is_relayed() -> None:
    """It may be the reason why the process died."""
    run = Run(["print('a crash', end='')"], until="a0: a crash")
    run()
    assert "a0: a crash" in run.lines


def test_many_lines_are_relayed_in_order() -> None:
    """Blocks end within lines; no line is lost or cut."""
    run = Run(["for n in range(30_000): print('line', n, flush=n == 29_999)"], until="line 29999")
    run()
    assert run.lines[:30_000] == [f"a0: line {number}" for number in range(30_000)]
