"""What may wait for review is bounded for each sender and in all."""

from collections.abc import Callable

import pytest
from flask import Flask

from emojify_core.correction_states import CorrectionState
from emojify_core.errors import QuotaExceededError, ReviewFullError
from emojify_core.limits import MAX_WAITING_REVIEWS
from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem
from support.learning import draft
from web.corrections.review_quota import ReviewQuota

PLACES = 100
API = "/api/v1/corrections"


@pytest.fixture
def quota(storage: Storage) -> ReviewQuota:
    """Return a quota of few places, in an empty queue."""
    waiting = [each.id for each in storage.corrections.page(state=CorrectionState.REVIEW, limit=99)]
    storage.corrections.move(waiting, CorrectionState.REJECTED)
    return ReviewQuota(storage.reviews, PLACES)


def fill(quota: ReviewQuota, storage: Storage, client: str, network: str | None) -> int:
    """Send until it is refused; return how many wait then."""
    for sent in range(PLACES + 1):
        try:
            quota.check(client.format(sent), network)
        except QuotaExceededError:
            return sent
        one = draft(f"{client} {network} {sent}", client=client.format(sent))
        object.__setattr__(one, "network", network)
        storage.corrections.add(one, CorrectionState.REVIEW)
    raise AssertionError("nothing was refused")


def test_an_address_has_a_share_however_many_cookies_it_makes(
    quota: ReviewQuota, storage: Storage
) -> None:
    """The share is a part of the free places, so others keep theirs."""
    assert fill(quota, storage, "cookie:{}", "a" * 32) == 4, "(100 - 4) / 20"
    quota.check("cookie:other", "b" * 32)
    counts = [fill(quota, storage, "cookie:{}", f"{number:032x}") for number in range(30)]
    assert min(counts) >= 1, "whoever comes later may still send"
    assert sum(counts) < PLACES


def test_the_holder_of_a_key_has_a_larger_share(quota: ReviewQuota, storage: Storage) -> None:
    """A key is not made for the asking."""
    sent = fill(quota, storage, "key:1", None)
    assert sent == 20, "(100 - 20) / 4"


def test_a_full_queue_refuses_everybody(storage: Storage) -> None:
    """The reason says when to try again."""
    with pytest.raises(ReviewFullError, match="Nothing was kept") as refused:
        ReviewQuota(storage.reviews, places=0).check("key:1", None)
    assert refused.value.retry_after


def test_a_client_reads_why_its_correction_is_refused(
    serve: Callable[..., Flask], storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """429 for its own share, 503 for the whole queue, both with Retry-After."""
    client = serve(corrections="review").test_client()
    first = client.post(API, json={"text": "one", "label": "joy"})
    assert first.status_code == 202
    counts = iter([MAX_WAITING_REVIEWS - 1, 1, MAX_WAITING_REVIEWS])
    monkeypatch.setattr(type(storage.reviews), "count", lambda *_: next(counts))
    own = client.post(API, json={"text": "two", "label": "joy"})
    assert "from you wait for review" in assert_problem(own, 429).detail
    full = client.post(API, json={"text": "two", "label": "joy"})
    assert_problem(full, 503)
    assert full.headers["Retry-After"] == own.headers["Retry-After"] == "600"
    monkeypatch.undo()
    assert not [each for each in storage.corrections.page(limit=9) if each.text == "two"]
