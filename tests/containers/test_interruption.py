"""The stack stopped in the middle of its work, and started again."""

from containers.batches import SentBatch
from containers.corrector import Corrector
from containers.installation import Installation
from containers.settling import UNSETTLED, until_nothing_waits
from support.deadlines import eventually

MANY = 40  # corrections: more than are learned at a time
ROWS = 100_000
BEGUN_WITHIN = 120  # seconds


def test_what_is_stopped_in_the_middle_is_finished_after_the_start(
    stack: Installation, corrector: Corrector
) -> None:
    """A restart of the machine costs time: no correction, and no row of a batch.

    All processes end by themselves when asked to, none at the end of the engine's patience.
    """
    until_nothing_waits(stack)
    # They stand still until all of their work is there, however fast they are and we are.
    stack.compose("pause", "worker", "trainer")
    batch = SentBatch(corrector.http, ROWS)
    for _ in range(MANY):
        corrector.correct()
    # And again when they are in the middle of it. Told to stop, they are let go on: Docker's doing.
    stack.compose("unpause", "trainer")
    eventually(
        lambda: {"training", "checking"} & set(corrector.states()),
        within=BEGUN_WITHIN,
        what="the trainer is in the middle of it",
    )
    stack.compose("pause", "trainer")
    stack.compose("unpause", "worker")
    eventually(lambda: batch.now().get("done"), within=BEGUN_WITHIN, what="the batch has begun")
    stack.compose("pause", "worker")
    stack.compose("stop")
    assert stack.is_away()
    ended = stack.compose("ps", "--all", "--format", "{{.Service}} {{.ExitCode}}").splitlines()
    killed = [each for each in ended if each.split()[1] not in {"0", "143"}]
    assert not killed, "137 would be a kill"
    # Asked while nothing else runs: once workers are back they may be done before anybody looks.
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
    batch.until_answered()
