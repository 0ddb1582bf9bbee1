"""The stack stopped in the middle of its work, and started again."""

from containers.corrector import Corrector
from containers.installation import Installation
from support.deadlines import eventually

MANY = 40  # so many take some seconds to learn


def test_what_is_stopped_in_the_middle_of_learning_is_learned_after_the_start(
    stack: Installation, corrector: Corrector
) -> None:
    """`docker compose stop` and a restart of the machine cost time, no correction."""
    for _ in range(MANY):
        corrector.correct()
    eventually(
        lambda: {"training", "checking"} & set(corrector.states()),
        within=60,
        what="the trainer is in the middle of it",
    )
    assert corrector.states().keys() - {"live", "refused"}, "not all is done"
    stack.compose("stop")
    assert stack.is_away()
    stack.run(["make", "up"])
    states = corrector.until_settled()
    assert states["live"]
    assert states.total() == MANY
    assert stack.learned_twice() == []


def test_all_processes_end_by_themselves_when_asked_to(stack: Installation) -> None:
    """None is killed at the end of its patience: what it held is given back, files are closed."""
    stack.compose("stop")
    ended = stack.compose("ps", "--all", "--format", "{{.Service}} {{.ExitCode}}").splitlines()
    codes = {each for each in ended if each.split()[1] not in {"0", "143"}}
    assert not codes, "137 would be a kill"
    stack.run(["make", "up"])
