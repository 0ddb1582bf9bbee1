"""The version list has no gaps, the live pointer is at its end, and contents never change."""

import math
from dataclasses import replace

import pytest

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import (
    NotStoredError,
    StalePointerError,
    StorageError,
    TransitionError,
)
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.versions.repository import VersionRepository
from support.clock import Clock
from support.databases import Databases
from support.learning import AFTER, BEFORE, Trainer, publication, sha256

S = CorrectionState


@pytest.fixture(autouse=True)
def base(versions: VersionRepository) -> None:
    """Make the shipped model version 1."""
    versions.ensure_base(sha256("base"), {"accuracy": 0.6})


def test_the_shipped_model_becomes_version_one(versions: VersionRepository, clock: Clock) -> None:
    """A new installation serves the model it came with."""
    version, generation = versions.live()
    assert generation == 1
    assert (version.version, version.parent, version.source) == (1, None, None)
    assert (version.sha256, version.cause) == (sha256("base"), {"kind": "shipped"})
    assert version.metrics == {"accuracy": 0.6}
    assert version.created_at == clock.time
    assert versions.contents(1) == []


def test_the_base_version_is_created_once(versions: VersionRepository, trainer: Trainer) -> None:
    """Every start asks for it; corrections learned since stay live."""
    trainer.learn(trainer.correct("text").id)
    assert versions.ensure_base(sha256("base"), {}).version == 1
    assert versions.live().version.version == 2


def test_a_release_with_another_model_makes_it_live(
    versions: VersionRepository, trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """The learned corrections are queued, to be learned once on top of the new model."""
    learned, undone = trainer.correct("text").id, trainer.correct("regretted").id
    trainer.learn(learned)
    trainer.learn(undone)
    corrections.erase_text(undone, by="admin", why="asked")
    base = versions.ensure_base(sha256("another release"), {"accuracy": 0.7})
    assert versions.live().version == base
    assert (base.version, base.parent, base.is_shipped) == (4, 3, True)
    assert (base.sha256, base.metrics) == (sha256("another release"), {"accuracy": 0.7})
    assert versions.contents(base.version) == []
    assert versions.removed_in_live() == []
    assert [corrections.get(each).state for each in (learned, undone)] == [S.QUEUED, S.REMOVED]
    assert versions.ensure_base(sha256("another release"), {}) == base, "the next start"
    assert versions.ensure_base(sha256("base"), {}).version == 1, "a process of the old release"
    assert versions.live().version == base


def test_each_version_knows_its_base(versions: VersionRepository, trainer: Trainer) -> None:
    """The gate compares an update with it, and a rebuild starts from it."""
    trainer.learn(trainer.correct("text").id)
    second = versions.ensure_base(sha256("another release"), {})
    trainer.learn(trainer.correct("other").id)
    versions.activate(2, by="admin", why="", requeue=False)
    assert [versions.base_of(each).version for each in range(1, 6)] == [1, 1, 3, 3, 1]
    assert second.version == 3
    with pytest.raises(NotStoredError):
        versions.base_of(6)


def test_reading_before_the_first_version_fails_clearly(databases: Databases) -> None:
    """The error says that there is no model yet."""
    engine = make_engine(databases.fresh())
    versions = VersionRepository(engine)
    for ask in (versions.live, versions.newest_without_removed):
        with pytest.raises(NotStoredError, match="no model yet"):
            ask()
    assert (versions.newest_first(), versions.removed_in_live()) == ([], [])
    engine.dispose()


def test_publishing_appends_a_version_and_moves_the_pointer(
    trainer: Trainer, versions: VersionRepository, corrections: CorrectionRepository, clock: Clock
) -> None:
    """A correction becomes live, with its receipt, together with its version."""
    one, other = trainer.correct("one"), trainer.correct("other")
    clock.forward(seconds=90)
    published = trainer.learn(one.id)
    assert versions.live() == (published, 2)
    assert (published.version, published.parent, published.source) == (2, 1, 1)
    assert (published.cause, published.verdict) == ({"kind": "fine_tune"}, {"passed": True})
    learned = corrections.get(one.id)
    assert (learned.state, learned.version, learned.seconds) == (S.LIVE, 2, 1.5)
    assert (learned.before, learned.after) == (BEFORE, AFTER)
    assert learned.updated_at == clock.time
    assert corrections.get(other.id) == other
    assert corrections.learned_by(2) == [learned]


def test_a_version_contains_its_source_and_its_own_corrections(
    trainer: Trainer, versions: VersionRepository, corrections: CorrectionRepository
) -> None:
    """The next training forgets no correction."""
    ids = [trainer.correct(f"text {n}").id for n in range(4)]
    trainer.learn(*ids[:2])
    trainer.learn()
    trainer.learn(ids[3], ids[2])
    assert versions.contents(2) == versions.contents(3) == ids[:2]
    assert versions.contents(4) == ids
    assert [one.id for one in corrections.learned_by(4)] == ids[2:]
    assert [one.version for one in versions.newest_first()] == [4, 3, 2, 1]
    assert [one.version for one in versions.newest_first(limit=2)] == [4, 3]
    assert versions.get(3).parent == 2


def test_a_stale_trainer_publishes_nothing(
    trainer: Trainer, versions: VersionRepository, corrections: CorrectionRepository
) -> None:
    """A trainer that lost the lock unnoticed cannot undo other work."""
    read = versions.live()
    theirs, mine = trainer.correct("theirs"), trainer.correct("mine")
    trainer.learn(theirs.id)
    trainer.take([mine.id])
    before = versions.newest_first(), corrections.page()
    stale = publication("stale", read.version.version, [mine.id])
    with pytest.raises(StalePointerError, match="start again"):
        versions.publish(stale, read.generation)
    assert (versions.newest_first(), corrections.page()) == before


def test_a_withdrawn_correction_is_not_published(
    trainer: Trainer, versions: VersionRepository, corrections: CorrectionRepository
) -> None:
    """A correction that is superseded or removed during training stays out of the model."""
    kept, gone = trainer.correct("kept"), trainer.correct("gone", "joy")
    trainer.take([kept.id, gone.id])
    trainer.correct("gone", "anger")
    with pytest.raises(TransitionError, match=gone.id):
        versions.publish(publication("new", 1, [kept.id, gone.id]), 1)
    assert versions.live().generation == 1
    assert corrections.get(kept.id).state is S.CHECKING
    versions.publish(publication("new", 1, [kept.id]), 1)
    with pytest.raises(TransitionError):
        versions.publish(publication("new", 1, ["unknown"]), 2)


def test_no_correction_is_learned_twice(trainer: Trainer, versions: VersionRepository) -> None:
    """Publishing a correction that the model contains fails."""
    one = trainer.correct("text")
    trainer.learn(one.id)
    with pytest.raises(StorageError, match="twice"):
        versions.publish(publication("again", 2, [one.id]), 2)
    assert versions.live().generation == 2


@pytest.mark.parametrize("source", [0, 2, 3])
def test_a_source_must_have_been_published(versions: VersionRepository, source: int) -> None:
    """A version cannot be based on itself or on an unknown version."""
    with pytest.raises(StorageError, match="rule"):
        versions.publish(publication("new", source), 1)
    assert len(versions.newest_first()) == 1


def test_non_finite_figures_are_stored_as_null(versions: VersionRepository) -> None:
    """A metric without data does not prevent publishing."""
    figures = {"accuracy": math.nan, "classes": [{"f1": math.inf}, {"f1": 0.5}], "who": "Zoë\0"}
    versions.publish(replace(publication("new", 1), metrics=figures), 1)
    assert versions.get(2).metrics == {
        "accuracy": None,
        "classes": [{"f1": None}, {"f1": 0.5}],
        "who": "Zoë\0",
    }


def test_a_refusal_is_stored_with_its_figures(
    trainer: Trainer, versions: VersionRepository, corrections: CorrectionRepository, clock: Clock
) -> None:
    """The client sees the reason; the figures can be examined later."""
    good, bad = trainer.correct("good"), trainer.correct("bad")
    trainer.take([good.id, bad.id])
    group = versions.record_refusal(
        base_version=1,
        correction_ids=[good.id, bad.id],
        figures={"flips": 9},
        reason="Joy lost 9 rows.",
        final=False,
    )
    assert trainer.states(good, bad) == ["checking", "checking"]
    clock.forward(seconds=5)
    alone = versions.record_refusal(
        base_version=1,
        correction_ids=[bad.id],
        figures={"flips": 9},
        reason="Joy lost 9 rows.",
        final=True,
    )
    assert trainer.states(good, bad) == ["checking", "refused"]
    assert corrections.get(bad.id).reason == "Joy lost 9 rows."
    assert versions.refusals() == [alone, group]
    assert versions.refusals(limit=1) == [alone]
    assert (alone.correction_ids, alone.figures) == ((bad.id,), {"flips": 9})
    assert alone.created_at == clock.time
    assert versions.live().generation == 1


def test_an_unknown_version_is_not_found(versions: VersionRepository) -> None:
    """Asking for it does not look like a database error."""
    for ask in (versions.get, lambda n: versions.activate(n, by="a", why="", requeue=True)):
        with pytest.raises(NotStoredError, match="no version 7"):
            ask(7)
    assert versions.contents(7) == []
