"""Corrections: kept as they were sent, found again, counted, moved along."""

from datetime import UTC, datetime, timedelta

import pytest

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import IdempotencyConflictError, NotStoredError, UnstorableTextError
from emojify_core.storage.corrections.repository import CorrectionRepository
from support.clock import Clock
from support.learning import draft

S = CorrectionState


def ids_of(
    corrections: CorrectionRepository, number: int, state: CorrectionState = S.QUEUED
) -> list[str]:
    """Add this many corrections of different texts; return their ids."""
    return [corrections.add(draft(f"text {n}"), state)[0].id for n in range(number)]


def test_a_correction_is_kept_as_it_was_sent(
    corrections: CorrectionRepository, clock: Clock
) -> None:
    """A person finds her words again, to the last emoji."""
    sent = draft("Ünïcode 😢\t\r\n'; DROP TABLE corrections", prediction_id="p" * 32)
    stored, is_new = corrections.add(sent)
    assert is_new
    assert corrections.get(stored.id) == stored
    assert (stored.text, stored.normalised, stored.label) == (
        sent.text,
        sent.normalised,
        "sadness",
    )
    assert (stored.client, stored.prediction_id) == ("anna", "p" * 32)
    assert stored.state is S.RECEIVED
    assert stored.created_at == stored.updated_at == clock.time
    assert stored.created_at.tzinfo is UTC
    assert (stored.attempts, stored.reason, stored.version, stored.before) == (0, None, None, None)


def test_ids_cannot_be_guessed_and_fit_into_addresses(corrections: CorrectionRepository) -> None:
    """Knowing one's own id says nothing about others'."""
    ids = ids_of(corrections, 20)
    assert len(set(ids)) == 20
    assert all(len(name) == 32 and name.isascii() for name in ids)
    assert all(name.replace("-", "").replace("_", "").isalnum() for name in ids)


def test_the_longest_text_is_kept(corrections: CorrectionRepository) -> None:
    """No index of the database limits what may be corrected."""
    stored, _ = corrections.add(draft("😢" * 5000), S.QUEUED)
    assert corrections.get(stored.id).text == "😢" * 5000


@pytest.mark.parametrize("text", ["a\0b", "half \ud83d of a pair"])
@pytest.mark.parametrize("field", ["text", "client", "idempotency_key", "prediction_id"])
def test_what_no_database_keeps_is_refused_by_name(field: str, text: str) -> None:
    """It is refused in a sentence, not stripped and not broken over."""
    with pytest.raises(UnstorableTextError, match=f"field {field}"):
        draft(**{field: text})


def test_a_correction_begins_with_a_label_and_a_first_state(
    corrections: CorrectionRepository,
) -> None:
    """Nothing enters the model under a name it does not know, or past the gate."""
    with pytest.raises(ValueError, match="not a label"):
        draft(label="joyful")
    with pytest.raises(ValueError, match="live"):
        corrections.add(draft(), S.LIVE)


def test_the_same_request_sent_again_gives_the_same_correction(
    corrections: CorrectionRepository,
) -> None:
    """A client that lost the answer asks again and has not corrected twice."""
    first, _ = corrections.add(draft(idempotency_key="k"))
    again, is_new = corrections.add(draft(idempotency_key="k"), S.QUEUED)
    assert again == first
    assert not is_new
    assert len(corrections.page()) == 1


@pytest.mark.parametrize("change", [{"text": "other"}, {"label": "joy"}, {"prediction_id": "p"}])
def test_another_request_under_the_same_key_is_refused(
    corrections: CorrectionRepository, change: dict[str, str]
) -> None:
    """A key that was used by mistake swallows no correction."""
    corrections.add(draft(idempotency_key="k"))
    with pytest.raises(IdempotencyConflictError, match="new key"):
        corrections.add(draft(idempotency_key="k", **change))


def test_keys_of_different_clients_do_not_meet(corrections: CorrectionRepository) -> None:
    """Nobody sees another's correction by guessing a key."""
    first, _ = corrections.add(draft(idempotency_key="1"))
    other, is_new = corrections.add(draft(idempotency_key="1", client="ben"))
    assert is_new
    assert other.id != first.id


def test_without_a_key_each_request_counts(corrections: CorrectionRepository) -> None:
    """Two people may say the same about one text."""
    assert corrections.add(draft())[1]
    assert corrections.add(draft())[1]


@pytest.mark.parametrize("name", ["", "x" * 32, "a\0b", "\ud83d", "'; --"])
def test_an_unknown_id_is_not_stored(corrections: CorrectionRepository, name: str) -> None:
    """Any nonsense in an address is simply not there."""
    with pytest.raises(NotStoredError, match="no correction"):
        corrections.get(name)


def test_pages_go_from_the_newest_to_the_oldest_and_back(corrections: CorrectionRepository) -> None:
    """A long list is read page by page, each correction once, while new ones come in."""
    ids = ids_of(corrections, 7)[::-1]
    first = corrections.page(limit=3)
    second = corrections.page(limit=3, before=first[-1].sequence)
    last = corrections.page(limit=3, before=second[-1].sequence)
    corrections.add(draft("came in between"))
    assert [one.id for one in (*first, *second, *last)] == ids
    assert corrections.page(limit=3, before=last[-1].sequence) == []
    assert corrections.page(limit=3, after=last[0].sequence) == second
    assert corrections.page(limit=3, after=second[0].sequence) == first


def test_a_page_shows_one_client_or_state(corrections: CorrectionRepository) -> None:
    """Everybody sees her own corrections; an administrator sees what waits for him."""
    mine, _ = corrections.add(draft("mine"))
    theirs, _ = corrections.add(draft("theirs", client="ben"), S.REVIEW)
    assert corrections.page(client="anna") == [mine]
    assert corrections.page(state=S.REVIEW) == [theirs]
    assert corrections.page() == [theirs, mine]
    assert corrections.page(client="anna", state=S.REVIEW) == []


def test_recent_corrections_are_counted_per_client(
    corrections: CorrectionRepository, clock: Clock
) -> None:
    """A quota counts what one client did lately, and nothing else."""
    ids_of(corrections, 3)
    clock.forward(minutes=5)
    ids_of(corrections, 2)
    corrections.add(draft(client="ben"))
    assert corrections.count_recent("anna", clock.time - timedelta(minutes=1)) == 2
    assert corrections.count_recent("anna", clock.time - timedelta(minutes=5)) == 5
    assert corrections.count_recent("nobody", datetime(2000, 1, 1, tzinfo=UTC)) == 0


def test_what_waits_for_training_comes_in_the_order_of_arrival(
    corrections: CorrectionRepository,
) -> None:
    """The trainer finds what is queued and what a dead trainer left, first come first."""
    ids = ids_of(corrections, 4)
    ids_of(corrections, 1, S.RECEIVED)
    ids_of(corrections, 1, S.REVIEW)
    corrections.move([ids[2], ids[1]], S.TRAINING)
    corrections.move([ids[1]], S.CHECKING)
    assert [one.id for one in corrections.waiting()] == ids


def test_what_nobody_touched_for_long_is_stale(
    corrections: CorrectionRepository, clock: Clock
) -> None:
    """A correction whose message was lost is found again; a review may take its time."""
    received, queued, moved = (
        *ids_of(corrections, 1, S.RECEIVED),
        *ids_of(corrections, 2),
    )
    ids_of(corrections, 1, S.REVIEW)
    clock.forward(seconds=60)
    corrections.move([moved], S.TRAINING)
    assert [one.id for one in corrections.stale(timedelta(seconds=30))] == [received, queued]
    clock.forward(seconds=60)
    assert len(corrections.stale(timedelta(seconds=30))) == 3
    assert corrections.stale(timedelta(hours=1)) == []


def test_a_repr_holds_no_text(corrections: CorrectionRepository) -> None:
    """What people wrote does not reach a log by accident."""
    stored, _ = corrections.add(draft("secret words"))
    assert "secret" not in repr(stored)
    assert "secret" not in repr(draft("secret words"))
