"""Workers on machines with other clocks answer as before, and on-call people read about it."""

import sys
from pathlib import Path

import pytest

from emojify_core.messages import State
from emojify_core.queue.worker_presence import Worker
from support.homes import fresh_home
from support.installation import one, queue_of, settings_of, until_worker, workers_of
from support.processes import REPOSITORY, Process
from support.redis_server import RedisServer
from support.stack import Stack
from web.status.readiness import Readiness

SKEWED = Path(__file__).parents[3] / "support" / "skewed_worker.py"


@pytest.mark.parametrize("seconds", [60, -60])
def test_worker_with_another_clock_answers(seconds: int) -> None:
    """No request counts as too old, and the report tells how far the clock is off."""
    with fresh_home() as home, Stack(home) as stack:
        server = RedisServer(home)
        server.start()
        environ = stack.environ | {"PYTHONPATH": str(REPOSITORY)}
        command = [sys.executable, str(SKEWED), str(seconds)]
        worker = Process(command, environ, home.with_suffix(".worker.log"))
        worker.start()
        try:
            settings = settings_of(stack.environ)
            until_worker(settings)
            with queue_of(settings) as queue:
                states = [queue.submit(one(), wait=10).state for _ in range(5)]
            assert set(states) == {State.SUCCEEDED}, worker.output()
            (reported,) = workers_of(settings)
            assert reported.clock_offset == pytest.approx(seconds, abs=1)
        finally:
            worker.end()
            server.stop()


@pytest.mark.parametrize(("offset", "words"), [(25.0, "25 s ahead of"), (-61.0, "61 s behind")])
def test_clock_that_is_off_is_told(offset: float, words: str) -> None:
    """It hinders nothing, but nobody should find out late."""
    found = Readiness([Worker("predict@a:1", 3, clock_offset=offset)], None)
    assert words in found.problems["predict@a:1"]
    assert Readiness([Worker("predict@a:1", 3, clock_offset=0.5)], None).problems == {}
