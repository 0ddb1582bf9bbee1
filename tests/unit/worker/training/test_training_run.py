"""One run of the trainer: every correction reaches its own final state, whatever fails."""

from itertools import chain

import pytest

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import StorageUnavailableError
from support.trainer import STEPS, CrashableTrainer
from worker.training.turns import ATTEMPTS, GROUP_SIZES


def test_waiting_corrections_become_one_version(trainer: CrashableTrainer) -> None:
    """Many corrections cost one update, and each gets its receipt."""
    ids = [trainer.correct(text) for text in ("rain", "sun", "snow")]
    assert trainer.run() == 1
    assert trainer.states(*ids) == ["live"] * 3
    assert trainer.held() == ids
    assert trainer.steps == list(STEPS)
    assert trainer.notified == 1
    first = trainer.get(ids[0])
    assert (first.version, first.attempts) == (2, 0)
    assert first.before != first.after
    assert first.seconds is not None
    version = trainer.storage.versions.live().version
    assert version.cause == {"kind": "fine_tune", "by": "trainer", "corrections": 3}
    assert version.verdict == {"passed": True}


def test_run_without_corrections_does_nothing(trainer: CrashableTrainer) -> None:
    """An unnecessary wake-up costs two queries."""
    assert trainer.run() == 0
    assert trainer.steps == []


@pytest.mark.parametrize("step", STEPS)
def test_next_trainer_finishes_the_work_of_a_dead_one(trainer: CrashableTrainer, step: str) -> None:
    """Nothing is lost or learned twice; until the live pointer moves, the old version serves."""
    ids = [trainer.correct(text) for text in ("rain", "sun")]
    assert trainer.crash(step)
    assert trainer.live() == (2 if step == "published" else 1)
    trainer.run()
    assert trainer.states(*ids) == ["live"] * 2
    assert sorted(trainer.held()) == sorted(ids)
    assert trainer.live() == 2


def test_correction_that_breaks_training_fails_alone(
    trainer: CrashableTrainer,
) -> None:
    """It fails after five attempts, with a reason; all others go live."""
    poison = trainer.correct("poison")
    ids = [trainer.correct(f"text {number}") for number in range(20)]
    trainer.run()
    failed = trainer.get(poison)
    assert failed.state is CorrectionState.FAILED
    assert (failed.attempts, failed.error) == (ATTEMPTS, "RuntimeError in training.")
    assert "left out" in str(failed.reason)
    assert set(trainer.states(*ids)) == {"live"}
    together = [len(group) for group in trainer.update_runner.groups if poison in group]
    assert together == [21, 21, GROUP_SIZES[2], 1, 1]
    assert len(trainer.update_runner.groups) < 20, "the others were not learned one by one"


def test_correction_that_kills_the_trainer_fails(trainer: CrashableTrainer) -> None:
    """A dead process counts as a failed attempt."""
    one = trainer.correct("rain")
    for _ in range(ATTEMPTS):
        assert trainer.crash("trained")
    trainer.run()
    assert trainer.states(one) == ["failed"]
    assert trainer.get(one).error == "The trainer ended while it learned this."
    assert trainer.live() == 1


def test_attempts_are_reset_after_learning(trainer: CrashableTrainer) -> None:
    """A learned correction breaks nothing; earlier failed attempts do not add up."""
    one = trainer.correct("rain")
    for _ in range(ATTEMPTS):
        assert trainer.crash("trained")
        trainer.run()
        assert trainer.states(one) == ["live"]
        trainer.storage.versions.activate(1, by="admin", why="", requeue=True)


def test_version_change_during_training_restarts_the_update(
    trainer: CrashableTrainer,
) -> None:
    """A candidate that was compared with another version is not published."""
    first = trainer.correct("rain")
    trainer.run()
    second = trainer.correct("sun")
    trainer.update_runner.during_training = lambda: trainer.storage.versions.activate(
        1, by="admin", why="", requeue=False
    )
    trainer.run()
    assert trainer.states(first, second) == ["rolled_back", "live"]
    assert trainer.held() == [second]
    assert [v.source for v in trainer.storage.versions.newest_first()] == [3, 1, 1, None]


def test_refusal_against_an_old_version_does_not_count(
    trainer: CrashableTrainer,
) -> None:
    """Only a verdict against the live version can refuse a correction."""
    trainer.correct("rain")
    trainer.run()
    harm = trainer.correct("harm")
    trainer.update_runner.during_training = lambda: trainer.storage.versions.activate(
        1, by="admin", why="", requeue=False
    )
    trainer.run()
    assert trainer.states(harm) == ["refused"]
    assert [each.base_version for each in trainer.storage.versions.refusals()] == [3]


def test_correction_undone_in_training_is_not_learned(trainer: CrashableTrainer) -> None:
    """The others are learned, and no attempt is counted for them."""
    gone, stays = trainer.correct("rain"), trainer.correct("sun")
    trainer.update_runner.during_training = lambda: trainer.undo(gone)
    trainer.run()
    assert trainer.states(gone, stays) == ["removed", "live"]
    assert trainer.held() == [stays]
    assert trainer.get(stays).attempts == 0


def test_correction_superseded_in_training_is_not_learned(trainer: CrashableTrainer) -> None:
    """The later label of a text wins, even while the earlier one is in training."""
    early = trainer.correct("rain", "joy")
    late: list[str] = []
    trainer.update_runner.during_training = lambda: late.append(trainer.correct("rain", "fear"))
    trainer.run()
    assert trainer.states(early, *late) == ["superseded", "live"]
    assert trainer.held() == late


def test_repeats_share_one_final_state(trainer: CrashableTrainer) -> None:
    """Two people with the same correction both see its result."""
    live = [trainer.correct("rain"), trainer.correct("Rain")]
    refused = [trainer.correct("harm"), trainer.correct("HARM")]
    trainer.run()
    assert trainer.states(*live, *refused) == ["live", "live", "refused", "refused"]
    assert sorted(trainer.held()) == sorted(live)


def test_postponed_correction_is_tried_again_with_its_repeats(trainer: CrashableTrainer) -> None:
    """A correction that bisection had no time for does not stay in training."""
    ids = [trainer.correct(text) for text in ("rain", "too much", "sun", "TOO MUCH")]
    assert trainer.run() == 2
    assert trainer.states(*ids) == ["live"] * 4
    assert trainer.get(ids[1]).attempts == 0


def test_refusals_are_recorded_with_figures(trainer: CrashableTrainer) -> None:
    """People can read the reason and the group that was refused."""
    fine, harm, unknown = (trainer.correct(text) for text in ("rain", "harm", "unknown words"))
    trainer.run()
    assert trainer.states(fine, harm, unknown) == ["live", "refused", "refused"]
    assert [trainer.get(each).reason for each in (harm, unknown)] == ["Harm.", "Unknown."]
    kept = trainer.storage.versions.refusals()
    assert [(each.correction_ids, each.figures) for each in kept] == [
        ((unknown,), {}),
        ((harm,), {"worse": 9}),
        ((fine, harm), {"worse": 9}),
    ]


def test_storage_failure_counts_no_attempt(trainer: CrashableTrainer) -> None:
    """After a full disk, the corrections are queued again and learned later."""
    one = trainer.correct("rain")

    def fail() -> None:
        raise StorageUnavailableError("The file store cannot be used.")

    trainer.update_runner.during_training = fail
    with pytest.raises(StorageUnavailableError):
        trainer.run()
    assert trainer.states(one) == ["queued"]
    trainer.run()
    assert trainer.states(one) == ["live"]
    assert trainer.get(one).attempts == 0


def test_trainer_without_its_lock_publishes_nothing(trainer: CrashableTrainer) -> None:
    """It leaves its corrections to the trainer that holds the lock now."""
    one = trainer.correct("rain")
    held = iter([True, False, False, False])
    assert trainer.run(lambda: next(held)) == 0
    assert trainer.states(one) == ["checking"]
    assert trainer.live() == 1


def test_decision_of_another_trainer_stays(trainer: CrashableTrainer) -> None:
    """A slow trainer reverts neither a refusal nor a publication."""
    ids = [trainer.correct("rain"), trainer.correct("sun")]

    def other() -> None:
        trainer.storage.versions.record_refusal(
            base_version=1, correction_ids=ids[:1], figures={}, reason="Harm.", final=True
        )

    trainer.update_runner.during_training = other
    trainer.run()
    assert trainer.states(*ids) == ["refused", "live"]
    assert trainer.held() == ids[1:]


def test_corrections_of_another_trainer_are_left_alone(trainer: CrashableTrainer) -> None:
    """Two trainers that run by mistake do not take each other's corrections."""
    first = trainer.correct("rain")
    others: list[str] = []

    def other() -> None:
        others.append(trainer.correct("sun"))
        trainer.storage.corrections.move(others, CorrectionState.TRAINING)

    trainer.update_runner.during_training = other
    assert trainer.run() == 1
    assert trainer.states(first, *others) == ["live", "training"]
    assert list(chain(*trainer.update_runner.groups)) == [first]


@pytest.mark.learning
def test_flood_of_long_corrections_does_not_hold_up_another_client(
    trainer: CrashableTrainer,
) -> None:
    """New cookies of one address share one turn; every one of their corrections is learned, too."""
    long = [
        trainer.correct(f"{number} " + "common words " * 190, client=f"c{number}", network="one")
        for number in range(50)
    ]
    honest = trainer.correct("rain", network="other")
    trainer.run()
    assert honest in trainer.update_runner.groups[0]
    assert max(map(len, trainer.update_runner.groups)) <= 2
    assert set(trainer.states(*long, honest)) == {"live"}


def test_groups_get_smaller_while_an_update_puts_corrections_off(
    trainer: CrashableTrainer,
) -> None:
    """An update that has no time for all is tried with fewer."""
    for number in range(3):
        trainer.correct(f"too much {number} " + "of this " * 60, client=f"c{number}")
    trainer.run()
    assert [len(group) for group in trainer.update_runner.groups] == [3, 1, 2, 1, 1]
