"""How many corrections may wait for review: of one sender, and in all."""

from dataclasses import dataclass

from emojify_core.errors import QuotaExceededError, ReviewFullError
from emojify_core.limits import ADDRESS_REVIEW_SHARE, HOLDER_REVIEW_SHARE, MAX_WAITING_REVIEWS
from emojify_core.storage.corrections.review_queue import ReviewQueue
from emojify_core.storage.corrections.review_records import ReviewFilter

_FULL = (
    "As many corrections wait for review as this server keeps. Nothing was kept. Try again when "
    "the administrator has reviewed some."
)
_SHARE_FULL = (
    "{waiting:,} corrections from {whom} wait for review already, as many as may now. Nothing was "
    "kept. Try again when the administrator has reviewed some."
)


@dataclass(frozen=True, slots=True)
class ReviewQuota:
    """At most a share of the free places for each sender; see limits.py.

    A share of what is free shrinks as the queue fills. Places remain for senders with few
    corrections, however many corrections a few addresses send.
    """

    reviews: ReviewQueue
    places: int = MAX_WAITING_REVIEWS

    def check(self, client: str, network: str | None) -> None:
        """Raise ReviewFullError, or QuotaExceededError, if one more may not wait."""
        free = self.places - self.reviews.count(ReviewFilter())
        if free <= 0:
            raise ReviewFullError(_FULL)
        if network is None:
            whom, own, share = "you", ReviewFilter(client=client), HOLDER_REVIEW_SHARE
        else:
            own, share = ReviewFilter(network=network), ADDRESS_REVIEW_SHARE
            whom = "your address"
        waiting = self.reviews.count(own)
        if waiting >= max(1, free // share):
            sentence = _SHARE_FULL.format(waiting=waiting, whom=whom)
            raise QuotaExceededError(sentence, ReviewFullError.retry_after)
