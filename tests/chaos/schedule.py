"""A schedule: its seed determines 25 corrections and the faults between them."""

import os
import random
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from chaos import faults
from chaos.client import Client
from chaos.faults import STEPS, Fault
from chaos.judge import Judge
from chaos.planned_corrections import planned_corrections
from chaos.rig import Rig
from chaos.round import Round
from chaos.watch import Watch
from support.deadlines import POLL

SETTLED_WITHIN = 60.0  # seconds after the last fault
PATIENCE = 120.0  # then it stops waiting: this tells late from never

# Each schedule has one of these in turn: they cost a TensorFlow start or a lock's lifetime.
HEAVY: dict[str, Fault] = {
    **{f"trainer killed at {step}": faults.kill_at(step) for step in STEPS},
    "trainer killed in a rebuild": faults.kill_in_rebuild,
    "trainer killed anywhere": faults.kill_anywhere,
    "trainer stopped beyond its lock at trained": faults.pause_at("trained", until_published=False),
    "trainer stopped at stored until another published": faults.pause_at(
        "stored", until_published=True
    ),
    "two trainers": faults.two_trainers,
}
# Each schedule has three of these.
LIGHT: dict[str, Fault] = {
    "Redis killed": faults.kill_redis,
    "Redis emptied": faults.empty_redis,
    "web killed after a 202": faults.kill_web,
    "messages duplicated": faults.duplicate_messages,
    "rolled back": faults.roll_back,
    "undone": faults.undo,
}
LIGHT_EACH = 3
FIRST = 3  # corrections before the first fault
BETWEEN = 2.0  # seconds between two faults, at most


@dataclass
class Outcome:
    """The result of a schedule."""

    seed: int
    faults: list[str]
    accepted: int = 0
    states: dict[str, int] = field(default_factory=dict)
    versions: int = 0  # published in it
    predictions: dict[str, int] = field(default_factory=dict)
    slowest_prediction: float = 0.0  # seconds
    recovery: float = 0.0  # seconds from the last fault to every correction being settled
    seconds: float = 0.0
    load: float = 0.0  # load average of the machine: other work slows everything down
    wrong: list[str] = field(default_factory=list)  # a sentence for each broken promise

    def as_json(self) -> dict[str, Any]:
        """Return the outcome for a JSON file."""
        return asdict(self)


def plan(seed: int) -> list[str]:
    """Return the fault names of a schedule in order; neighboring seeds differ."""
    chance = random.Random(seed)  # noqa: S311 (reproducible on purpose)
    heavy = list(HEAVY)[seed % len(HEAVY)]
    chosen = [heavy, *chance.sample(list(LIGHT), LIGHT_EACH)]
    chance.shuffle(chosen)
    return chosen


def run(rig: Rig, seed: int) -> Outcome:
    """Run a schedule on an idle installation; leave it idle, at its base model."""
    outcome = Outcome(seed, plan(seed))
    chance = random.Random(seed)  # noqa: S311
    client, judge, started = Client(rig.url), Judge(rig.home), time.monotonic()
    before = client.models()["live"]
    with Watch(rig.url, rig.database, rig.outages) as watch:
        now = Round(client, planned_corrections(chance), chance)
        try:
            now.submit(FIRST)
            for name in outcome.faults:
                rig.rest(chance.uniform(0, BETWEEN))
                (HEAVY | LIGHT)[name](rig, now)
            now.submit_rest()
        except AssertionError as e:  # a wait ran out of time
            outcome.wrong.append(f"late: {e}")
        outcome.recovery = round(_until_settled(rig, judge, client), 1)
    if outcome.recovery > SETTLED_WITHIN:
        outcome.wrong.append(f"late: settled {outcome.recovery} s after the last fault")
    rig.end_second()
    outcome.wrong += [*judge.faults(client), *watch.wrong]
    outcome.accepted = len(client.accepted)
    outcome.states = dict(judge.states(client))
    outcome.predictions = dict(watch.outcomes)
    outcome.slowest_prediction = round(watch.slowest, 2)
    outcome.versions = client.models()["live"] - before
    outcome.seconds = round(time.monotonic() - started, 1)
    outcome.load = round(os.getloadavg()[0], 1)
    client.activate(1, requeue=False)
    client.close()
    return outcome


def _until_settled(rig: Rig, judge: Judge, client: Client) -> float:
    """Wait until every correction is settled; return the seconds, or infinity."""
    started = time.monotonic()
    while judge.open_ids(client) != []:
        if time.monotonic() > started + PATIENCE:
            return float("inf")
        rig.rest(10 * POLL)
    return time.monotonic() - started
