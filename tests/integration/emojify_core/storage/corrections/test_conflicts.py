"""Corrections that contradict each other: of one text, the label accepted last is learned."""

from emojify_core.correction_states import CorrectionState
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.repository import VersionRepository
from support.learning import Trainer, draft, sha256

S = CorrectionState


def test_the_one_accepted_later_supersedes_the_earlier(trainer: Trainer) -> None:
    """Whoever changes her mind is believed, and the first correction says what became of it."""
    first = trainer.correct("Tears", "sadness")
    second = trainer.correct("TEARS", "joy")
    lost = trainer.corrections.get(first.id)
    assert trainer.states(first, second) == ["superseded", "queued"]
    assert lost.superseded_by == second.id
    assert lost.reason == "A later correction says that this text is joy."


def test_agreeing_corrections_stand_beside_each_other(trainer: Trainer) -> None:
    """Two people who say the same both get their receipt."""
    both = trainer.correct("Tears", "joy"), trainer.correct("tears", "joy")
    assert trainer.states(*both) == ["queued", "queued"]


def test_texts_in_which_nothing_can_be_read_do_not_contradict(
    corrections: CorrectionRepository,
) -> None:
    """An empty normal form is no text that two corrections could share."""
    for label in ("joy", "anger"):
        corrections.add(draft(" ", label), S.QUEUED)
    unread = [
        corrections.add(draft("", label), S.QUEUED)[0].id for label in ("joy", "anger", "fear")
    ]
    assert {corrections.get(name).state for name in unread} == {S.QUEUED}


def test_a_correction_in_training_is_superseded_too(
    trainer: Trainer, versions: VersionRepository
) -> None:
    """What was taken back meanwhile is not published."""
    versions.ensure_base(sha256("base"), {})
    first = trainer.correct("Tears", "sadness")
    trainer.take([first.id])
    second = trainer.correct("tears", "joy")
    assert trainer.states(first, second) == ["superseded", "queued"]


def test_what_is_not_accepted_yet_supersedes_nothing(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """A stranger's correction that awaits review does not push another's aside."""
    first = trainer.correct("Tears", "sadness")
    second, _ = corrections.add(draft("tears", "joy"), S.REVIEW)
    assert trainer.states(first, second) == ["queued", "review"]
    corrections.move([second.id], S.QUEUED, by="admin")
    assert trainer.states(first, second) == ["superseded", "queued"]
    assert corrections.get(second.id).decided_by == "admin"


def test_of_several_accepted_together_the_last_sent_wins(
    trainer: Trainer, corrections: CorrectionRepository
) -> None:
    """The order of arrival decides, not the order of a list."""
    sent = [
        corrections.add(draft("tears", label))[0] for label in ("joy", "fear", "joy", "sadness")
    ]
    names = [one.id for one in sent]
    assert corrections.move(reversed(names), S.QUEUED) == [names[-1]]
    assert trainer.states(*sent) == ["superseded", "superseded", "superseded", "queued"]


def test_a_live_correction_stays_live_until_its_opposite_is(
    trainer: Trainer, versions: VersionRepository
) -> None:
    """As long as the model answers the old way, the old correction is what holds."""
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
