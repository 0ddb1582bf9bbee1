"""The trainer lets strangers wait for one another where the model is sure of another answer."""

from emojify_core.correction_states import CorrectionState
from emojify_core.labels import LABELS
from emojify_core.limits import INDEPENDENT_VOICES
from support.learning import draft
from support.trainer import CrashableTrainer

JOY = frozenset({LABELS.index("joy")})


def say(trainer: CrashableTrainer, network: str, label: str) -> str:
    """Store what a stranger says, as the web does; return its id."""
    given = draft("I love you", label, client=f"cookie of {network}", network=network)
    return trainer.storage.corrections.add(given, CorrectionState.RECEIVED)[0].id


def test_a_sure_answer_needs_several_voices(trainer: CrashableTrainer) -> None:
    """One run learns them all once the last has come."""
    trainer.update_runner.sure_of = JOY
    ids = [say(trainer, f"n{number}", "disgust") for number in range(INDEPENDENT_VOICES - 1)]
    assert trainer.run() == 0
    assert set(trainer.states(*ids)) == {"review"}
    ids.append(say(trainer, "the last", "disgust"))
    assert trainer.run() == 1
    assert set(trainer.states(*ids)) == {"live"}


def test_an_unsure_answer_needs_one_voice(trainer: CrashableTrainer) -> None:
    """Learning stays fast where the model does not know."""
    one = say(trainer, "n1", "disgust")
    assert trainer.run() == 1
    assert trainer.states(one) == ["live"]


def test_who_agrees_with_the_model_needs_nobody(trainer: CrashableTrainer) -> None:
    """The correction overrules nothing."""
    trainer.update_runner.sure_of = JOY
    one = say(trainer, "n1", "joy")
    trainer.run()
    assert trainer.states(one) == ["live"]


def test_many_received_corrections_are_decided_in_one_run(trainer: CrashableTrainer) -> None:
    """A page of them is decided at a time."""
    trainer.update_runner.sure_of = JOY
    ids = [say(trainer, "n1", "disgust") for _ in range(130)]
    trainer.run()
    assert set(trainer.states(*ids)) == {"review"}
