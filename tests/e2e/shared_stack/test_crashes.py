"""Processes that are killed come back by themselves, and people go on getting answers."""

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
    """Return the process that the supervisor keeps under this name; 0 while there is none."""
    for pid in processes_of(stack.home):
        try:
            if f"{COMMANDS[name]} " in f"{command_line(pid)} ":
                return pid  # the lowest: gunicorn's own child comes later
        except OSError:
            continue
    return 0


def works(stack: Stack) -> bool:
    """Tell whether a text is answered and Flower is there."""
    try:
        answer = stack.predict(JOYFUL, wait=5)
        flower = stack.http.get(f"{stack.flower_url}/workers")
    except httpx.TransportError:
        return False
    return answer.get("state") == "succeeded" and flower.is_success


def kill(stack: Stack, name: str) -> int:
    """Kill a process as a crash would, and wait until that is noticed; return what it was."""
    local, victim = stack.parts["local"], pid_of(stack, name)
    assert victim, f"no {name}"
    notice = f"{name} was killed by SIGKILL; starting it again"
    before = local.output().count(notice)
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: local.output().count(notice) > before, within=10, what=notice)
    return victim


@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_process_comes_back(stack: Stack, name: str) -> None:
    """One line says what happened; within seconds everything works again."""
    before = kill(stack, name)
    after = eventually(lambda: pid_of(stack, name), within=10, what="a new process")
    assert after != before
    eventually(lambda: works(stack), within=30, what=f"all works\n{stack.output()}")


def test_what_was_asked_while_no_worker_lived_is_answered(stack: Stack) -> None:
    """A question put between a crash and the restart waits for the new worker."""
    kill(stack, "worker")
    asked = stack.http.post("/api/v1/predictions", json={"text": JOYFUL}).json()
    assert asked["state"] == "queued"

    def answer() -> str:
        found = stack.http.get(asked["links"]["self"], headers={"Prefer": "wait=2"}).json()
        return found["result"]["label"] if found["result"] else ""

    assert eventually(answer, within=20) == "joy"
