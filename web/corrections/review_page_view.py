"""What the review pages show: waiting corrections, their senders, and the message after a step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from emojify_core.answer import Answer
from emojify_core.correction_states import CorrectionState
from emojify_core.labels import EMOTION_OF, NO_EMOTION, Emotion
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.corrections.review_records import ReviewFilter, Sender, Voices
from web.corrections.review_schemas import ReviewQuery
from web.corrections.review_service import ReviewItem
from web.corrections.service import SETTLED
from web.text_catalog import TextCatalog

_NAME = 6  # characters of a client's or address's name that are shown
_KINDS = {"key": "review.key", "cookie": "review.visitor"}


class PageQuery(ReviewQuery):
    """A page of the queue, and what the last step did."""

    select: Literal["page"] | None = None  # every box is checked
    done: Literal["accept", "reject"] | None = None
    count: int = Field(default=0, ge=0, lt=10**6)  # decided by the last step
    unchanged: int = Field(default=0, ge=0, lt=10**6)  # others that it was asked to decide

    @property
    def chosen(self) -> ReviewFilter:
        """Which corrections to list."""
        return ReviewFilter(self.client, self.network, self.label)


@dataclass(frozen=True, slots=True)
class Row:
    """One waiting correction in the table."""

    correction: Correction
    emotion: Emotion
    predicted: Emotion | None
    share: str | None
    confident: bool
    sender: str
    link: dict[str, str]  # the filter that chooses its sender
    same: str
    other: str | None


@dataclass(frozen=True, slots=True)
class SenderLine:
    """One of those who sent most."""

    name: str
    link: dict[str, str]
    waiting: int


def row(item: ReviewItem, say: TextCatalog) -> Row:
    """Return a correction as the table shows it."""
    correction, answer = item.correction, item.prediction
    return Row(
        correction=correction,
        emotion=EMOTION_OF[correction.label],
        predicted=_predicted(answer) if answer else None,
        share=say.percent(answer.best.confidence) if answer and not answer.none else None,
        confident=answer.confident or answer.none if answer else True,
        sender=sender_name(correction.client, correction.network, say),
        link=_link(correction.client, correction.network),
        same=_same(item.voices, say),
        other=say.count("review.other", item.voices.other) if item.voices.other else None,
    )


def _predicted(answer: Answer) -> Emotion:
    return NO_EMOTION if answer.none else EMOTION_OF[answer.best.label]


def sender_lines(senders: Sequence[Sender], say: TextCatalog) -> list[SenderLine]:
    """Return those who sent more than one."""
    lines = []
    for each in senders:
        name = sender_name(each.client or "", each.network, say)
        if each.clients > 1:
            name = say("review.clients", name=name, number=each.clients)
        if each.waiting > 1:
            lines.append(SenderLine(name, _link(each.client or "", each.network), each.waiting))
    return lines


def sender_name(client: str, network: str | None, say: TextCatalog) -> str:
    """Return a short name: enough to tell senders apart on one page."""
    if network is not None:
        return say("review.address", name=network[:_NAME])
    kind, _, name = client.partition(":")
    return say(_KINDS[kind], name=name[:_NAME]) if kind in _KINDS else client


def decided_view(decided: Sequence[Correction]) -> dict[str, Any]:
    """Return the template's values for the latest decisions."""
    return {
        "decided": [(each, EMOTION_OF[each.label]) for each in decided],
        "settled": all(each.state in SETTLED for each in decided),
        "removed": CorrectionState.REMOVED,
    }


def _link(client: str, network: str | None) -> dict[str, str]:
    return {"client": client} if network is None else {"network": network}


def _same(voices: Voices, say: TextCatalog) -> str:
    return say.count("review.same", voices.same) if voices.same > 1 else say("review.alone")
