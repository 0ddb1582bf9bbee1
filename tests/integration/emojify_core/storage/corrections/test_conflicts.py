"""Of contradicting corrections, the model learns the one accepted last."""

from emojify_core.correction_states import CorrectionState
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.repository import VersionRepository
from support.learning import Trainer, draft, sha256

S = CorrectionState


def test_a_later_correction_supersedes_an_earlier_one(trainer: Trainer) -> None:
    """A person may change her mind; the first correction shows what happened to it."""
    first = trainer.correct("Tears", "sadness")
    second = trainer.correct("TEARS", "joy")
    lost = trainer.corrections.get(first.id)
    assert trainer.states(first, second) == ["superseded", "queued"]
    assert lost.superseded_by == second.id
    assert lost.reason == "A later correction says that this text is joy."


def test_agreeing_corrections_are_all_accepted(trainer: Trainer) -> None:
    """Two people with the same opinion both get a receipt."""
    both = trainer.correct("Tears", "joy"), trainer.correct("tears", "joy")
    assert trainer.states(*both) == ["queued", "queued"]


def test_texts_without_words_do_not_contradict(
    corrections: CorrectionRepository,
) -> None:
    """Two empty normal forms do not count as the same text."""
    for label in ("joy", "anger"):
        corrections.add(draft(" ", label), S.QUEUED)
    unread = [
        corrections.add(draft("", label), S.QUEUED)[0].id for label in ("joy", "anger", "fear")
    ]
    assert {corrections.get(name).state for name in unread} == {S.QUEUED}


def test_a_correction_in_training_is_superseded_too(
    trainer: Trainer, versions: VersionRepository
) -> None:
    """A correction that is superseded meanwhile is not published."""
    versions.ensure_base(sha256("base"), {})
    first = trainer.correct("Tears", "sadness")
    trainer.take([first.id])
    second = trainer.correct("tears", "joy")
    assert trainer.states(first, second) == ["superseded", "queued"]


def test_a_correction_in_review_supersedes_nothing(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """A correction takes effect only when a reviewer accepts it."""
    first = trainer.correct("Tears", "sadness")
    second, _ = corrections.add(draft("tears", "joy"), S.REVIEW)
    assert trainer.states(first, second) == ["queued", "review"]
    corrections.move([second.id], S.QUEUED, by="admin")
    assert trainer.states(first, second) == ["superseded", "queued"]
    assert corrections.get(second.id).decided_by == "admin"


def test_the_last_sent_of_several_corrections_wins(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """The order of arrival decides, not the order of the ids in the call."""
    sent = [
        corrections.add(draft("tears", label))[0] for label in ("joy", "fear", "joy", "sadness")
    ]
    names = [one.id for one in sent]
    assert corrections.move(reversed(names), S.QUEUED) == [names[-1]]
    assert trainer.states(*sent) == ["superseded", "superseded", "superseded", "queued"]


def test_a_live_correction_stays_until_its_opposite_is_live(
    trainer: Trainer, versions: VersionRepository
) -> None:
    """The old correction counts as long as the model follows it."""
    versions.ensure_base(sha256("base"), {})
    first = trainer.correct("Tears", "sadness")
    trainer.learn(first.id)
    second = trainer.correct("tears", "joy")
    assert trainer.states(first, second) == ["live", "queued"]
    trainer.learn(second.id)
    assert trainer.states(first, second) == ["superseded", "live"]
    assert trainer.corrections.get(first.id).superseded_by == second.id
    assert versions.contents(3) == [first.id, second.id]
    assert versions.held(3) == [trainer.corrections.get(second.id)]
