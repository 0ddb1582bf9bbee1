"""The stack is stopped in the middle of its work, and started again."""

from containers.batches import SentBatch
from containers.corrector import Corrector
from containers.installation import Installation
from containers.settling import UNSETTLED, until_nothing_waits
from support.deadlines import eventually

MANY = 40  # corrections; more than one update learns
ROWS = 100_000
BEGUN_WITHIN = 120  # seconds


def test_interrupted_work_is_finished_after_a_restart(
    stack: Installation, corrector: Corrector
) -> None:
    """A restart of the machine loses no correction and no row of a batch.

    Every process ends by itself when asked, before Docker would kill it.
    """
    until_nothing_waits(stack)
    # Stop the workers until all of their work is queued, so that the speed does not matter.
    stack.compose("pause", "worker", "trainer")
    batch = SentBatch(corrector.http, ROWS)
    for _ in range(MANY):
        corrector.correct()
    # Stop them again in the middle of it. Docker lets them continue when it ends them.
    stack.compose("unpause", "trainer")
    eventually(
        lambda: {"training", "checking"} & set(corrector.states()),
        within=BEGUN_WITHIN,
        what="the trainer is in the middle of it",
    )
    stack.compose("pause", "trainer")
    stack.compose("unpause", "worker")
    eventually(
        lambda: batch.progress().get("done"), within=BEGUN_WITHIN, what="the batch has begun"
    )
    stack.compose("pause", "worker")
    stack.compose("stop")
    assert stack.is_away()
    ended = stack.compose("ps", "--all", "--format", "{{.Service}} {{.ExitCode}}").splitlines()
    killed = [each for each in ended if each.split()[1] not in {"0", "143"}]
    assert not killed, "137 would be a kill"
    # Read it before the workers return: they might finish first.
    stack.compose("up", "--detach", "--wait", "postgres")
    (answered,) = stack.sql("SELECT done FROM batches ORDER BY sequence DESC LIMIT 1")
    assert 0 < int(answered[0]) < ROWS, "it was stopped in the middle of the batch"
    assert stack.sql(UNSETTLED), "and of learning"
    stack.run(["make", "down"])
    assert not stack.compose("ps", "--all", "--quiet").split()

    stack.run(["make", "up"])
    states = corrector.until_settled()
    assert states["live"]
    assert states.total() == MANY
    assert stack.learned_twice() == []
    batch.until_succeeded()
