"""The stack stopped in the middle of its work, and started again."""

from containers.batches import SentBatch
from containers.corrector import Corrector
from containers.installation import Installation
from support.deadlines import eventually

MANY = 40  # corrections: so many take some seconds to learn
ROWS = 200_000  # and so many to answer


def test_what_is_stopped_in_the_middle_is_finished_after_the_start(
    stack: Installation, corrector: Corrector
) -> None:
    """A restart of the machine costs time: no correction, and no row of a batch.

    All processes end by themselves when asked to, none at the end of the engine's patience.
    """
    batch = SentBatch(corrector.http, ROWS)
    batch.until_begun()
    for _ in range(MANY):
        corrector.correct()
    eventually(
        lambda: {"training", "checking"} & set(corrector.states()),
        within=60,
        what="the trainer is in the middle of it",
    )
    stack.compose("stop")
    assert stack.is_away()
    ended = stack.compose("ps", "--all", "--format", "{{.Service}} {{.ExitCode}}").splitlines()
    killed = [each for each in ended if each.split()[1] not in {"0", "143"}]
    assert not killed, "137 would be a kill"
    # Asked while nothing else runs: once workers are back they may be done before anybody looks.
    stack.compose("up", "--detach", "--wait", "postgres")
    (answered,) = stack.sql("SELECT done FROM batches ORDER BY sequence DESC LIMIT 1")
    assert 0 < int(answered[0]) < ROWS, "it was stopped in the middle"
    stack.run(["make", "down"])
    assert not stack.compose("ps", "--all", "--quiet").split()

    stack.run(["make", "up"])
    states = corrector.until_settled()
    assert states["live"]
    assert states.total() == MANY
    assert stack.learned_twice() == []
    batch.until_answered()
