"""Six schedules of faults, new ones each day: no correction is lost, doubled or left over."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.rig import Rig
from chaos.schedule import run
from support.homes import fresh_home

SCHEDULES = 6
SECONDS_A_DAY = 86_400


def first_seed() -> int:
    """Return today's seed, or the one to reproduce."""
    named = os.environ.get("EMOJIFY_CHAOS_SEED")
    return int(named) if named else int(time.time()) // SECONDS_A_DAY * SCHEDULES


@pytest.fixture(scope="module")
def rig(psychexp_path: Path) -> Iterator[Rig]:
    """Run one installation for all schedules."""
    with fresh_home() as home, Rig(home, psychexp_path) as rig:
        yield rig


@pytest.mark.chaos
@pytest.mark.timeout(240)
@pytest.mark.parametrize("turn", range(SCHEDULES))
def test_every_accepted_correction_is_learned_once_or_refused(rig: Rig, turn: int) -> None:
    """It is settled within a minute of the last fault, and predictions continue."""
    seed = first_seed() + turn
    sys.stdout.write(f"to see this again: EMOJIFY_CHAOS_SEED={seed - turn}\n")
    outcome = run(rig, seed)
    sys.stdout.write(f"{outcome}\n")
    assert outcome.accepted == 25
    assert outcome.wrong == []
