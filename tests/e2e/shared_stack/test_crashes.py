"""The supervisor restarts killed processes, and predictions continue."""

import os
import signal

import httpx
import pytest

from support.deadlines import eventually
from support.homes import command_line, processes_of
from support.installation import JOYFUL
from support.stack import Stack

COMMANDS = {
    "worker": "-m worker",
    "web": "-m web",
    "redis": "valkey-server",
    "flower": "-m deploy.flower",
    "train": "-m worker.training",
}


def pid_of(stack: Stack, name: str) -> int:
    """Return the id of the process with this name; 0 while there is none."""
    for pid in processes_of(stack.home):
        try:
            if f"{COMMANDS[name]} " in f"{command_line(pid)} ":
                return pid  # the lowest id: gunicorn starts its child later
        except OSError:
            continue
    return 0


def works(stack: Stack) -> bool:
    """Return whether a text is predicted and Flower answers."""
    try:
        answer = stack.predict(JOYFUL, wait=5)
        flower = stack.http.get(f"{stack.flower_url}/workers")
    except httpx.TransportError:
        return False
    return answer.get("state") == "succeeded" and flower.is_success


def kill(stack: Stack, name: str) -> int:
    """Kill a process and wait until the supervisor reports it; return its id."""
    local, victim = stack.parts["local"], pid_of(stack, name)
    assert victim, f"no {name}"
    notice = f"{name} was killed by SIGKILL; starting it again"
    before = local.output().count(notice)
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: local.output().count(notice) > before, within=10, what=notice)
    return victim


# A restarted trainer reads TensorFlow again: five seconds of a processor.
COSTLY = {"train": pytest.mark.chaos, "web": pytest.mark.chaos}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=COSTLY.get(name, ())) for name in COMMANDS]
)
def test_a_killed_process_is_restarted(stack: Stack, name: str) -> None:
    """One line reports it; within seconds everything works again."""
    before = kill(stack, name)
    after = eventually(lambda: pid_of(stack, name), within=10, what="a new process")
    assert after != before
    eventually(lambda: works(stack), within=30, what=f"all works\n{stack.output()}")


def test_a_prediction_waits_for_the_restarted_worker(stack: Stack) -> None:
    """A request between crash and restart is not lost."""
    kill(stack, "worker")
    asked = stack.http.post("/api/v1/predictions", json={"text": JOYFUL}).json()
    assert asked["state"] == "queued"

    def answer() -> str:
        found = stack.http.get(asked["links"]["self"], headers={"Prefer": "wait=2"}).json()
        return found["result"]["label"] if found["result"] else ""

    assert eventually(answer, within=20) == "joy"
