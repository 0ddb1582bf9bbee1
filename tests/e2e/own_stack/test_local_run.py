"""`make run` from its first line to its last: starting, refusing to start, stopping."""

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

STOPS_WITHIN = 10  # seconds, whatever it was doing


def start(stack: Stack) -> Process:
    """Start the whole stack and wait for its own word that it is ready."""
    run = stack.start("local")
    run.says("ready after", within=STARTS_WITHIN)
    return run


def stop(stack: Stack, number: signal.Signals) -> float:
    """Stop the stack by a signal and check that nothing is left; return the seconds it took."""
    run, started = stack.parts["local"], time.monotonic()
    run.signal(number)
    assert run.wait(within=STOPS_WITHIN) == 0, run.output()
    assert processes_of(stack.home) == [], "nobody is left behind"
    with (stack.home / "run" / "lock").open() as lock:  # raises if somebody still holds it
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return time.monotonic() - started


def test_it_starts_stops_and_starts_again_where_it_left_off(home: Path) -> None:
    """One command, one ready line; Ctrl-C stops all of it; the second start loses nothing."""
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
        assert kept == first, "an answer given before the restart is still there"
        assert stack.predict(JOYFUL)["result"]["label"] == "joy"
        stop(stack, signal.SIGTERM)
        assert "Traceback" not in run.output()
        assert JOYFUL not in run.output(), "no text in any log"


def test_stopping_while_it_starts_leaves_nothing_behind(home: Path) -> None:
    """Ctrl-C pressed at once is obeyed as well."""
    with Stack(home) as stack:
        run = stack.start("local")
        eventually(lambda: len(processes_of(home)) > 1, within=10, what="the first child lives")
        stop(stack, signal.SIGINT)
        assert "Traceback" not in run.output()


def test_a_redis_that_does_not_answer_is_named(home: Path) -> None:
    """A wrong address is said in one line with the next step, and Ctrl-C still stops all."""
    with Stack(home, EMOJIFY_REDIS_URL=f"redis://127.0.0.1:{free_port()}/0") as stack:
        run = stack.start("local")
        line = run.says("not ready yet", within=STARTS_WITHIN)
        assert "redis does not answer" in line
        assert "EMOJIFY_REDIS_URL" in line
        stop(stack, signal.SIGINT)
        assert run.output().count("not ready yet") <= 3, "once for each thing that is missing"
        assert "/readyz" not in run.output(), "asking again and again fills no log"
        assert "Traceback" not in run.output()


@pytest.mark.parametrize("variable", ["EMOJIFY_PORT", "EMOJIFY_FLOWER_PORT"])
def test_a_port_in_use_is_refused_by_name(home: Path, variable: str) -> None:
    """A person reads which port is taken and which variable moves it."""
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
def test_a_setting_that_cannot_be_used_is_named(home: Path, variable: str, value: str) -> None:
    """A typo in the environment is one line, not a stack trace."""
    with Stack(home) as stack:
        assert variable in refusal(stack.process("local", **{variable: value}))
    assert list(home.iterdir()) == [], "nothing was begun"
