"""The stack stopped in the middle of its work, and started again."""

from containers.batches import SentBatch
from containers.corrector import Corrector
from containers.installation import Installation
from containers.settling import UNSETTLED, until_nothing_waits
from support.deadlines import eventually

MANY = 40  # corrections: more than are learned at a time
ROWS = 200_000
AT_WORK = ("worker", "trainer")


def test_what_is_stopped_in_the_middle_is_finished_after_the_start(
    stack: Installation, corrector: Corrector
) -> None:
    """A restart of the machine costs time: no correction, and no row of a batch.

    All processes end by themselves when asked to, none at the end of the engine's patience.
    """
    until_nothing_waits(stack)
    # They stand still until all of their work is there, however fast they are and we are.
    stack.compose("pause", *AT_WORK)
    batch = SentBatch(corrector.http, ROWS)
    for _ in range(MANY):
        corrector.correct()
    stack.compose("unpause", *AT_WORK)
    eventually(
        lambda: batch.now().get("done") and {"training", "checking"} & set(corrector.states()),
        within=120,
        what="workers and trainer are in the middle of it",
    )
    # And from here on until they are told to stop: Docker lets them go on when it tells them.
    stack.compose("pause", *AT_WORK)
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
