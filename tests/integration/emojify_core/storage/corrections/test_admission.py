"""Several strangers must say the same against an answer that the model is sure of."""

from emojify_core.correction_states import CorrectionState
from emojify_core.limits import INDEPENDENT_VOICES
from emojify_core.storage.corrections.admission import (
    WAITS_FOR_REVIEW,
    WAITS_FOR_VOICES,
    admit,
    received,
)
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.repository import VersionRepository
from support.learning import Trainer, draft, sha256

S = CorrectionState
TEXT = "I love my mother"


def say(
    corrections: CorrectionRepository,
    network: str,
    label: str = "disgust",
    *,
    contested: bool = True,
    **more: str,
) -> Correction:
    """Store what a stranger says, and let the trainer decide on it."""
    given = {"text": TEXT, "client": f"cookie of {network}", "network": network, **more}
    stored, _ = corrections.add(draft(label=label, **given), S.RECEIVED)
    admit(corrections.engine, {stored.id: contested}, corrections.now())
    return corrections.get(stored.id)


def test_one_voice_suffices_where_the_model_is_unsure(corrections: CorrectionRepository) -> None:
    """Most honest corrections are of this kind, and go on at once."""
    said = say(corrections, "n1", contested=False)
    assert (said.state, said.reason) == (S.QUEUED, None)


def test_voices_wait_until_enough_networks_say_the_same(corrections: CorrectionRepository) -> None:
    """The last one takes the others with it."""
    first = say(corrections, "n1")
    assert (first.state, first.reason) == (S.REVIEW, WAITS_FOR_VOICES)
    others = [say(corrections, f"n{number}") for number in range(2, INDEPENDENT_VOICES)]
    assert {one.state for one in others} <= {S.REVIEW}
    last = say(corrections, "the last")
    states = {corrections.get(one.id).state for one in (first, *others, last)}
    assert states == {S.QUEUED}
    assert corrections.get(first.id).reason is None


def test_cookies_of_one_network_are_one_voice(corrections: CorrectionRepository) -> None:
    """A new cookie costs nothing."""
    said = [say(corrections, "n1", client=f"cookie {number}") for number in range(9)]
    assert {one.state for one in said} == {S.REVIEW}


def test_one_cookie_on_many_networks_is_one_voice(corrections: CorrectionRepository) -> None:
    """At home, at work and on the way it is one person."""
    said = [say(corrections, f"n{number}", client="anna") for number in range(9)]
    assert {one.state for one in said} == {S.REVIEW}


def test_another_label_or_text_is_another_opinion(corrections: CorrectionRepository) -> None:
    """Only those count who say the same of the same text."""
    said = [
        say(corrections, "n1", "disgust"),
        say(corrections, "n2", "anger"),
        say(corrections, "n3", "fear"),
        say(corrections, "n4", text="I love my mother!"),
        say(corrections, "n5", text="I love my father"),
    ]
    assert {one.state for one in said} == {S.REVIEW}


def test_texts_without_a_readable_word_never_agree(corrections: CorrectionRepository) -> None:
    """Two empty normal forms do not count as the same text."""
    said = [say(corrections, f"n{number}", text="") for number in range(9)]
    assert {one.state for one in said} == {S.REVIEW}


def test_an_undone_voice_counts_no_more(corrections: CorrectionRepository) -> None:
    """A voice that its person takes back does not count."""
    first = say(corrections, "n0")
    corrections.erase_text(first.id, by="owner", why="")
    said = [say(corrections, f"n{number}") for number in range(1, INDEPENDENT_VOICES)]
    assert {one.state for one in said} == {S.REVIEW}
    assert say(corrections, "the last").state is S.QUEUED


def test_a_resend_is_no_further_voice(corrections: CorrectionRepository) -> None:
    """The same key gives the same correction, whatever has become of it."""
    given = draft(TEXT, "disgust", client="anna", network="n1", idempotency_key="k")
    stored, _ = corrections.add(given, S.RECEIVED)
    admit(corrections.engine, {stored.id: True}, corrections.now())
    again, is_new = corrections.add(given, S.RECEIVED)
    assert (again.id, is_new, again.state) == (stored.id, False, S.REVIEW)
    assert received(corrections.engine, 9) == []


def test_the_administrator_accepts_for_all_who_wait(corrections: CorrectionRepository) -> None:
    """Accepting one accepts those who said the same; the trainer, woken by it, sees to it."""
    first, second = say(corrections, "n1"), say(corrections, "n2")
    corrections.move([first.id], S.QUEUED, by="administrator", why="")
    admit(corrections.engine, {}, corrections.now())
    assert corrections.get(second.id).state is S.QUEUED
    assert say(corrections, "n3").state is S.QUEUED, "it is admitted already"


def test_a_trusted_voice_admits_those_who_wait(
    trainer: Trainer, corrections: CorrectionRepository, versions: VersionRepository
) -> None:
    """A key holder says the same; later, the live version holds it."""
    versions.ensure_base(sha256("base"), {})
    waiting = say(corrections, "n1")
    trusted = trainer.correct(TEXT, "disgust")
    admit(corrections.engine, {}, corrections.now())
    assert trainer.states(waiting) == ["queued"]
    trainer.learn(waiting.id, trusted.id)
    assert say(corrections, "n2").state is S.QUEUED


def test_a_rejected_opinion_waits_for_the_administrator(corrections: CorrectionRepository) -> None:
    """A campaign does not come back with three more addresses."""
    first = say(corrections, "n0")
    corrections.move([first.id], S.REJECTED, by="administrator", why="vandals")
    said = [say(corrections, f"n{number}") for number in range(1, 9)]
    assert {(one.state, one.reason) for one in said} == {(S.REVIEW, WAITS_FOR_REVIEW)}


def test_corrections_in_ordinary_review_are_not_admitted(corrections: CorrectionRepository) -> None:
    """In review mode only the administrator decides."""
    stored, _ = corrections.add(draft(TEXT, "disgust", client="ben", network="n1"), S.REVIEW)
    corrections.add(draft(TEXT, "disgust", client="carl"), S.QUEUED)
    admit(corrections.engine, {}, corrections.now())
    assert corrections.get(stored.id).state is S.REVIEW


def test_only_received_corrections_are_admitted(corrections: CorrectionRepository) -> None:
    """Another trainer was faster, or the owner took it back."""
    stored, _ = corrections.add(draft(TEXT, "disgust", network="n1"), S.RECEIVED)
    corrections.erase_text(stored.id, by="owner", why="")
    admit(corrections.engine, {stored.id: False}, corrections.now())
    assert corrections.get(stored.id).state is S.REMOVED
