"""The review queue in both databases: pages, senders, voices, decisions, expiry."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from emojify_core.correction_states import CorrectionState
from emojify_core.limits import MAX_WAITING_REVIEWS, REVIEW_PAGE
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.corrections.review_queue import ReviewQueue
from emojify_core.storage.corrections.review_records import Outcome, ReviewFilter, Sender
from emojify_core.storage.database.tables import CorrectionRow
from emojify_core.tokenizer import normalise
from support.clock import Clock
from support.learning import draft

S = CorrectionState
ALL = ReviewFilter()
ADMIN = {"by": "administrator", "why": "read"}


@pytest.fixture
def reviews(engine: Engine, clock: Clock) -> ReviewQueue:
    """Return the review queue of an empty database."""
    return ReviewQueue(engine, clock)


def wait(corrections: CorrectionRepository, text: str, label: str = "joy", **more: str) -> str:
    """Add a correction that waits for review; return its id."""
    return corrections.add(draft(text, label, **more), S.REVIEW)[0].id


def test_what_waits_is_listed_oldest_first_in_pages(
    corrections: CorrectionRepository, reviews: ReviewQueue
) -> None:
    """The administrator meets whoever has waited longest; what is decided is not listed."""
    ids = [wait(corrections, f"text {number}") for number in range(5)]
    corrections.add(draft("queued"), S.QUEUED)
    corrections.move([ids[0]], S.REJECTED)
    first = reviews.page(ALL, limit=3)
    assert [each.id for each in first] == ids[1:4]
    assert [each.id for each in reviews.page(ALL, after=first[-1].sequence, limit=3)] == ids[4:]
    assert reviews.count(ALL) == 4


def test_the_list_can_be_restricted_to_a_sender_or_a_label(
    corrections: CorrectionRepository, reviews: ReviewQueue
) -> None:
    """A campaign can be looked at alone."""
    anna = wait(corrections, "a", client="anna", network="n" * 32)
    berta = wait(corrections, "b", "fear", client="berta", network="n" * 32)
    wait(corrections, "c", client="carl")
    for chosen, ids in {
        ReviewFilter(client="anna"): [anna],
        ReviewFilter(network="n" * 32): [anna, berta],
        ReviewFilter(network="n" * 32, label="fear"): [berta],
        ReviewFilter(client="nobody"): [],
        ReviewFilter(client="a\0b"): [],
    }.items():
        assert [each.id for each in reviews.page(chosen, limit=9)] == ids
        assert reviews.count(chosen) == len(ids)


def test_senders_of_one_address_count_together(
    corrections: CorrectionRepository, reviews: ReviewQueue
) -> None:
    """Many cookies of one address are one sender."""
    for number in range(3):
        wait(corrections, f"text {number}", client=f"cookie:{number}", network="n" * 32)
    wait(corrections, "one more", client="cookie:x", network="m" * 32)
    for _ in range(2):
        wait(corrections, "mine", client="key:1")
    assert reviews.senders(9) == [
        Sender("n" * 32, None, 3, 3),
        Sender(None, "key:1", 1, 2),
        Sender("m" * 32, "cookie:x", 1, 1),
    ]
    assert len(reviews.senders(2)) == 2


def test_voices_are_counted_by_address(
    corrections: CorrectionRepository, reviews: ReviewQueue
) -> None:
    """A client with many cookies has one voice; a text without words has none to compare."""
    for client in ("one", "two"):
        wait(corrections, "I  love you", "disgust", client=client, network="n" * 32)
    wait(corrections, "i LOVE you", "disgust", client="three", network="m" * 32)
    wait(corrections, "I love you", "joy", client="key:1")
    assert reviews.voices([normalise("I love you"), ""]) == {
        normalise("I love you"): {"disgust": 2, "joy": 1}
    }


def test_many_are_decided_at_once_and_each_has_an_outcome(
    corrections: CorrectionRepository, reviews: ReviewQueue
) -> None:
    """A decision changes only waiting corrections; repeating it changes nothing."""
    good, doubled, done = (wait(corrections, text) for text in ("a", "b", "c"))
    corrections.move([done], S.REJECTED)
    given = [good, doubled, good, done, "nobody", "n\0"]
    outcomes = reviews.decide(given, S.QUEUED, **ADMIN)
    assert outcomes == [
        Outcome(good, S.QUEUED, decided=True),
        Outcome(doubled, S.QUEUED, decided=True),
        Outcome(done, S.REJECTED, decided=False),
        Outcome("nobody", None, decided=False),
        Outcome("n\0", None, decided=False),
    ]
    assert not any(each.decided for each in reviews.decide(given, S.QUEUED, **ADMIN))
    assert corrections.get(good).decided_why == "read"
    assert {each.id for each in reviews.latest_decisions("administrator", 5)} == {good, doubled}


def test_of_contradicting_ones_the_later_is_queued(
    corrections: CorrectionRepository, reviews: ReviewQueue
) -> None:
    """Accepting both labels of a text is no error: the later one wins, as always."""
    early, late = wait(corrections, "same", "joy"), wait(corrections, "same", "fear")
    outcomes = reviews.decide([late, early], S.QUEUED, **ADMIN)
    assert outcomes == [
        Outcome(late, S.QUEUED, decided=True),
        Outcome(early, S.SUPERSEDED, decided=True),
    ]


def test_all_of_a_sender_are_decided_in_parts(
    corrections: CorrectionRepository, reviews: ReviewQueue
) -> None:
    """One call decides the oldest; others are left alone."""
    ids = [wait(corrections, f"t{number}", network="n" * 32) for number in range(3)]
    other = wait(corrections, "other", client="other")
    chosen = ReviewFilter(network="n" * 32)
    first = reviews.decide_chosen(chosen, S.REJECTED, **ADMIN, limit=2)
    assert [each.id for each in first] == ids[:2]
    assert reviews.count(chosen) == 1
    assert corrections.get(other).state == S.REVIEW


def test_what_nobody_reviews_is_rejected_in_the_end(
    corrections: CorrectionRepository, reviews: ReviewQueue, clock: Clock
) -> None:
    """A correction does not wait for ever, and its sender reads why it ended."""
    old = wait(corrections, "old")
    queued = corrections.add(draft("queued"), S.QUEUED)[0].id
    clock.forward(days=29)
    young = wait(corrections, "young")
    assert reviews.expire(timedelta(days=30)) == 0
    clock.forward(days=2)
    assert reviews.expire(timedelta(days=30)) == 1
    ended = corrections.get(old)
    assert (ended.state, ended.reason) == (S.REJECTED, "Nobody reviewed it within 30 days.")
    assert corrections.get(young).state == S.REVIEW
    assert corrections.get(queued).state == S.QUEUED


@pytest.mark.learning
def test_a_full_queue_stays_fast(reviews: ReviewQueue, clock: Clock) -> None:
    """With as many waiting as may, with long texts, a page takes a fraction of a second."""
    now = clock()
    rows = [
        {
            "id": f"{number:032x}",
            "created_at": now,
            "updated_at": now,
            "client": f"cookie:{number % 3000}",
            "network": f"{number % 700:032x}",
            "text": (text := f"The train left without me {number} " + "and again " * 40),
            "normalised": normalise(text),
            "label": "joy",
            "body_sha256": "",
            "state": S.REVIEW,
            "attempts": 0,
        }
        for number in range(MAX_WAITING_REVIEWS)
    ]
    with reviews.engine.begin() as connection:
        connection.execute(insert(CorrectionRow), rows)
    start = time.perf_counter()
    page = reviews.page(ALL, limit=REVIEW_PAGE)
    assert reviews.count(ALL) == MAX_WAITING_REVIEWS
    reviews.senders(5)
    reviews.voices([each.normalised for each in page])
    reviews.latest_decisions("administrator", 10)
    took = time.perf_counter() - start
    print(f"{reviews.engine.dialect.name}: {1000 * took:.0f} ms")
    assert took < 1.5  # takes some 0.05 s on a quiet machine
