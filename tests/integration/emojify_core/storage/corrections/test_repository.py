"""Corrections are stored as sent, found, counted and moved."""

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


def test_a_correction_is_stored_as_sent(corrections: CorrectionRepository, clock: Clock) -> None:
    """Every character comes back, to the last emoji."""
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


def test_ids_are_random_and_safe_in_urls(corrections: CorrectionRepository) -> None:
    """One id reveals nothing about other ids."""
    ids = ids_of(corrections, 20)
    assert len(set(ids)) == 20
    assert all(len(name) == 32 and name.isascii() for name in ids)
    assert all(name.replace("-", "").replace("_", "").isalnum() for name in ids)


def test_the_longest_text_is_stored(corrections: CorrectionRepository) -> None:
    """No database index limits the length of a text."""
    stored, _ = corrections.add(draft("😢" * 5000), S.QUEUED)
    assert corrections.get(stored.id).text == "😢" * 5000


@pytest.mark.parametrize("text", ["a\0b", "half \ud83d of a pair"])
@pytest.mark.parametrize("field", ["text", "client", "idempotency_key", "prediction_id"])
def test_unstorable_text_is_refused_by_field(field: str, text: str) -> None:
    """The error names the field; nothing is stripped silently."""
    with pytest.raises(UnstorableTextError, match=f"field {field}"):
        draft(**{field: text})


def test_a_correction_needs_a_known_label_and_a_first_state(
    corrections: CorrectionRepository,
) -> None:
    """No correction starts as live or with an unknown label."""
    with pytest.raises(ValueError, match="not a label"):
        draft(label="joyful")
    with pytest.raises(ValueError, match="live"):
        corrections.add(draft(), S.LIVE)


def test_a_repeated_request_returns_the_first_correction(
    corrections: CorrectionRepository,
) -> None:
    """A client that lost the response can repeat its request safely."""
    first, _ = corrections.add(draft(idempotency_key="k"))
    again, is_new = corrections.add(draft(idempotency_key="k"), S.QUEUED)
    assert again == first
    assert not is_new
    assert len(corrections.page()) == 1


@pytest.mark.parametrize("change", [{"text": "other"}, {"label": "joy"}, {"prediction_id": "p"}])
def test_a_different_request_with_the_same_key_is_refused(
    corrections: CorrectionRepository, change: dict[str, str]
) -> None:
    """A reused key does not swallow a correction."""
    corrections.add(draft(idempotency_key="k"))
    with pytest.raises(IdempotencyConflictError, match="new key"):
        corrections.add(draft(idempotency_key="k", **change))


def test_keys_belong_to_one_client(corrections: CorrectionRepository) -> None:
    """A guessed key does not reveal the correction of another client."""
    first, _ = corrections.add(draft(idempotency_key="1"))
    other, is_new = corrections.add(draft(idempotency_key="1", client="ben"))
    assert is_new
    assert other.id != first.id


def test_each_request_without_a_key_counts(corrections: CorrectionRepository) -> None:
    """Two people may send the same correction."""
    assert corrections.add(draft())[1]
    assert corrections.add(draft())[1]


@pytest.mark.parametrize("name", ["", "x" * 32, "a\0b", "\ud83d", "'; --"])
def test_an_unknown_id_is_not_found(corrections: CorrectionRepository, name: str) -> None:
    """Any nonsense in a URL is simply not found."""
    with pytest.raises(NotStoredError, match="no correction"):
        corrections.get(name)


def test_pages_go_from_the_newest_to_the_oldest_and_back(corrections: CorrectionRepository) -> None:
    """Each correction appears once, even while new ones arrive."""
    ids = ids_of(corrections, 7)[::-1]
    first = corrections.page(limit=3)
    second = corrections.page(limit=3, before=first[-1].sequence)
    last = corrections.page(limit=3, before=second[-1].sequence)
    corrections.add(draft("came in between"))
    assert [one.id for one in (*first, *second, *last)] == ids
    assert corrections.page(limit=3, before=last[-1].sequence) == []
    assert corrections.page(limit=3, after=last[0].sequence) == second
    assert corrections.page(limit=3, after=second[0].sequence) == first


def test_a_page_can_show_one_client_or_state(corrections: CorrectionRepository) -> None:
    """Clients see their own corrections; an administrator sees those to review."""
    mine, _ = corrections.add(draft("mine"))
    theirs, _ = corrections.add(draft("theirs", client="ben"), S.REVIEW)
    assert corrections.page(client="anna") == [mine]
    assert corrections.page(state=S.REVIEW) == [theirs]
    assert corrections.page() == [theirs, mine]
    assert corrections.page(client="anna", state=S.REVIEW) == []


def test_recent_corrections_are_counted_per_client(
    corrections: CorrectionRepository, clock: Clock
) -> None:
    """A quota counts the recent corrections of one client only."""
    ids_of(corrections, 3)
    clock.forward(minutes=5)
    ids_of(corrections, 2)
    corrections.add(draft(client="ben"))
    assert corrections.count_recent("anna", clock.time - timedelta(minutes=1)) == 2
    assert corrections.count_recent("anna", clock.time - timedelta(minutes=5)) == 5
    assert corrections.count_recent("nobody", datetime(2000, 1, 1, tzinfo=UTC)) == 0


def test_corrections_wait_for_training_in_the_order_of_arrival(
    corrections: CorrectionRepository,
) -> None:
    """They include the queued ones and those that a dead trainer left behind."""
    ids = ids_of(corrections, 4)
    ids_of(corrections, 1, S.RECEIVED)
    ids_of(corrections, 1, S.REVIEW)
    corrections.move([ids[2], ids[1]], S.TRAINING)
    corrections.move([ids[1]], S.CHECKING)
    assert [one.id for one in corrections.waiting()] == ids


def test_an_unfinished_correction_becomes_stale(
    corrections: CorrectionRepository, clock: Clock
) -> None:
    """A lost message is noticed; a review may take as long as it needs."""
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


def test_the_repr_of_a_correction_omits_its_text(corrections: CorrectionRepository) -> None:
    """Texts do not reach a log by accident."""
    stored, _ = corrections.add(draft("secret words"))
    assert "secret" not in repr(stored)
    assert "secret" not in repr(draft("secret words"))
