"""`make run`: it starts, refuses to start, and stops."""

import fcntl
import signal
import socket
import time
from pathlib import Path

import pytest

from support.deadlines import eventually
from support.homes import processes_of
from support.installation import JOYFUL
from support.processes import Process, free_port, refusal
from support.stack import STARTS_WITHIN, Stack

STOPS_WITHIN = 10  # seconds, in any state


def start(stack: Stack) -> Process:
    """Start the whole stack and wait until it reports that it is ready."""
    run = stack.start("local")
    run.says("ready after", within=STARTS_WITHIN)
    return run


def stop(stack: Stack, number: signal.Signals) -> float:
    """Stop the stack with a signal and check that nothing is left; return the seconds it took."""
    run, started = stack.parts["local"], time.monotonic()
    run.signal(number)
    assert run.wait(within=STOPS_WITHIN) == 0, run.output()
    assert processes_of(stack.home) == [], "no process is left"
    with (stack.home / "run" / "lock").open() as lock:  # raises if a process still holds it
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return time.monotonic() - started


@pytest.mark.chaos
def test_a_restart_keeps_keys_and_results(home: Path) -> None:
    """One command starts everything, Ctrl-C stops everything, and a second start loses nothing."""
    with Stack(home) as stack:
        started = time.monotonic()
        run = start(stack)
        line = run.says("ready after", within=1)
        print(f"ready line after {time.monotonic() - started:.1f} s")
        assert f"page {stack.url} " in line
        assert f"API {stack.url}/api " in line
        assert f"Flower {stack.flower_url} " in line
        first = stack.predict(JOYFUL)
        assert first["result"]["label"] == "joy"
        secret = (home / "id_key.secret").read_bytes()
        print(f"stopped after {stop(stack, signal.SIGINT):.1f} s")

        run.log.unlink()
        start(stack)
        assert (home / "id_key.secret").read_bytes() == secret
        kept = stack.http.get(first["links"]["self"]).json()
        assert kept == first, "a result from before the restart is still there"
        assert stack.predict(JOYFUL)["result"]["label"] == "joy"
        stop(stack, signal.SIGTERM)
        assert "Traceback" not in run.output()
        assert JOYFUL not in run.output(), "no text in any log"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_an_end_during_the_start_leaves_no_process(home: Path, number: signal.Signals) -> None:
    """Ctrl-C works from the first moment, and so does closing the terminal."""
    with Stack(home) as stack:
        run = stack.start("local")
        eventually(lambda: len(processes_of(home)) > 1, within=10, what="the first child lives")
        stop(stack, number)
        assert "Traceback" not in run.output()


@pytest.mark.chaos
def test_a_redis_that_does_not_answer_is_reported(home: Path) -> None:
    """One line names the variable to check, and Ctrl-C still stops everything."""
    with Stack(home, EMOJIFY_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0") as stack:
        run = stack.start("local")
        line = run.says("not ready yet", within=STARTS_WITHIN)
        assert "redis refuses connections" in line
        assert "EMOJIFY_REDIS_URL" in line
        stop(stack, signal.SIGINT)
        assert run.output().count("not ready yet") <= 3, "one line for each missing part"
        assert "/readyz" not in run.output(), "repeated readiness checks are not logged"
        assert "Traceback" not in run.output()


@pytest.mark.parametrize("variable", ["EMOJIFY_PORT", "EMOJIFY_FLOWER_PORT"])
def test_a_port_in_use_is_reported_with_its_variable(home: Path, variable: str) -> None:
    """The line names the port and the variable that changes it."""
    with Stack(home) as stack, socket.socket() as taken:
        port = stack.port if variable == "EMOJIFY_PORT" else stack.flower_port
        taken.bind(("127.0.0.1", port))
        taken.listen()
        line = refusal(stack.process("local"))
        assert f"Port {port} on 127.0.0.1 cannot be used" in line
        assert f"{variable}={port + 1}" in line


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EMOJIFY_PORT", "http"),
        ("EMOJIFY_FLOWER_PORT", "70000"),
        ("EMOJIFY_REDIS_URL", "localhost:6379"),
        ("EMOJIFY_RATE_LIMIT", "often"),
        ("EMOJIFY_HOME", "/tmp/" + "long" * 30),  # noqa: S108  (nothing is written there)
        ("EMOJIFY_HOME", "/dev/null/emojify"),
    ],
)
def test_an_invalid_setting_is_reported_by_name(home: Path, variable: str, value: str) -> None:
    """A typo in the environment gives one line, not a stack trace."""
    with Stack(home) as stack:
        assert variable in refusal(stack.process("local", **{variable: value}))
    assert list(home.iterdir()) == [], "nothing was written"
