"""Texts that stay no longer: refused ones after their time, and all of a forgotten client."""

import pytest
from sqlalchemy import text

from emojify_core.correction_states import CorrectionState
from emojify_core.limits import KEEP_REFUSED
from emojify_core.storage.corrections import erasure
from emojify_core.storage.corrections.erasure import FORGOTTEN, Eraser, erase_ended, forget
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.versions.repository import VersionRepository
from support.clock import Clock
from support.learning import Trainer, draft, sha256

S = CorrectionState

ADMINISTRATOR = Eraser("administrator", "asked for")


@pytest.fixture(autouse=True)
def base(versions: VersionRepository) -> None:
    """Make the shipped model version 1."""
    versions.ensure_base(sha256("base"), {})


def refused(trainer: Trainer, name: str) -> str:
    """Send a correction that the gate refuses; return its id."""
    one = trainer.correct(name).id
    trainer.take([one])
    trainer.versions.record_refusal(
        base_version=1, correction_ids=[one], figures={"worse": 9}, reason="Harm.", final=True
    )
    return one


def ended(trainer: Trainer) -> dict[S, str]:
    """Return one correction in each state that ends outside the model."""
    failed = trainer.correct("failed").id
    trainer.take([failed])
    trainer.corrections.fail_attempt(failed, "It broke.", limit=1)
    rejected, _ = trainer.corrections.add(draft("rejected"), S.REVIEW)
    trainer.corrections.move([rejected.id], S.REJECTED, by="administrator", why="a joke")
    return {S.REFUSED: refused(trainer, "refused"), S.FAILED: failed, S.REJECTED: rejected.id}


def test_ended_corrections_lose_their_texts_after_their_time(
    trainer: Trainer, corrections: CorrectionRepository, clock: Clock
) -> None:
    """The rows stay and say why; the refusals keep their figures."""
    old = ended(trainer)
    clock.forward(days=KEEP_REFUSED, seconds=1)
    young = refused(trainer, "young")
    kept = trainer.correct("waits").id
    assert erase_ended(corrections.engine, clock()) == len(old)
    for state, one in old.items():
        left = corrections.get(one)
        assert (left.state, left.text, left.normalised) == (S.REMOVED, "", "")
        assert left.reason
        assert state in left.reason
        assert left.decided_by == "retention"
    assert (corrections.get(young).text, corrections.get(kept).text) == ("young", "waits")
    assert trainer.versions.refusals()[-1].figures == {"worse": 9}
    assert erase_ended(corrections.engine, clock()) == 0


def test_all_ended_corrections_go_however_many_there_are(
    trainer: Trainer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each transaction takes some of them."""
    monkeypatch.setattr(erasure, "ERASED_AT_ONCE", 2)
    for number in range(5):
        refused(trainer, f"text {number}")
    clock.forward(days=KEEP_REFUSED + 1)
    assert erase_ended(trainer.corrections.engine, clock()) == 5


def test_a_forgotten_client_leaves_no_text_key_or_name(
    trainer: Trainer, corrections: CorrectionRepository, clock: Clock
) -> None:
    """Other clients keep theirs; a repetition finds nothing."""
    gone, kept = trainer.correct("Her secret").id, trainer.correct("another").id
    more, _ = corrections.add(
        draft("Her second secret", client="berta", idempotency_key="my key", prediction_id="p"),
        S.REVIEW,
    )
    with corrections.engine.begin() as connection:
        chosen = text("UPDATE corrections SET client = 'berta' WHERE id = :id")
        connection.execute(chosen, {"id": gone})
    trainer.learn(gone, kept)
    assert forget(corrections.engine, "berta", clock(), ADMINISTRATOR) == 2
    assert forget(corrections.engine, "berta", clock(), ADMINISTRATOR) == 0
    with corrections.engine.connect() as connection:
        rows = [str(row) for row in connection.execute(text("SELECT * FROM corrections"))]
    assert not [row for row in rows if "berta" in row or "secret" in row or "my key" in row]
    assert {corrections.get(one).client for one in (gone, more.id)} == {FORGOTTEN}
    assert corrections.get(kept).state is S.LIVE
    assert trainer.versions.removed_in_live() == [gone]
    again, is_new = corrections.add(draft("Hers", client="berta", idempotency_key="my key"))
    assert (is_new, again.text) == (True, "Hers")


@pytest.mark.parametrize("at_once", [1, 500])
def test_forgetting_restores_what_others_said(
    trainer: Trainer, clock: Clock, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """A correction that the forgotten client superseded is learned after all."""
    monkeypatch.setattr(erasure, "ERASED_AT_ONCE", at_once)
    corrections = trainer.corrections
    honest = trainer.correct("Tears", "sadness")
    for label in ("joy", "anger"):
        corrections.add(draft("tears", label, client="berta"), S.QUEUED)
    assert forget(corrections.engine, "berta", clock(), ADMINISTRATOR) == 2
    assert trainer.states(honest) == ["queued"]


def test_nobody_forgets_all_who_were_forgotten(
    trainer: Trainer, corrections: CorrectionRepository, clock: Clock
) -> None:
    """The name that replaces them is no client."""
    trainer.correct("text")
    forget(corrections.engine, "anna", clock(), ADMINISTRATOR)
    assert forget(corrections.engine, FORGOTTEN, clock(), ADMINISTRATOR) == 0
