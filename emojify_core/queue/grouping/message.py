"""A group in a message. To a worker of the previous release it is a list of texts.

A group is a PredictRequest with one more field, `members`, which says whose texts these are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

from emojify_core.messages import PredictRequest


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A request in a group, with the id that it would have as a message of its own."""

    id: str
    request: PredictRequest
    expires: float  # seconds since the epoch; a worker that begins later does not answer it


@dataclass(frozen=True, slots=True)
class GroupRequest:
    """Requests that one run of the model answers."""

    members: tuple[GroupMember, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of all members, in order."""
        return tuple(text for member in self.members for text in member.request.texts)

    @property
    def request_ids(self) -> str:
        """The request ids of all members, for a line in a log."""
        return " ".join(member.request.request_id for member in self.members)

    @property
    def places(self) -> tuple[slice, ...]:
        """Where each member's texts stand among all."""
        ends = [0]
        for member in self.members:
            ends.append(ends[-1] + len(member.request.texts))
        return tuple(slice(start, end) for start, end in pairwise(ends))

    def only(self, members: Sequence[GroupMember]) -> Self:
        """Return the group of some of the members."""
        return type(self)(tuple(members))

    def to_payload(self) -> dict[str, Any]:
        """Return the JSON for the queue."""
        # An explained request of an older worker has one text, so it is told nothing of that.
        whole = PredictRequest(self.texts, single=False, request_id=self.request_ids)
        return whole.to_payload() | {
            "members": [
                {
                    "id": member.id,
                    "texts": len(member.request.texts),
                    "single": member.request.single,
                    "request_id": member.request.request_id,
                    "explain": member.request.explain,
                    "expires": member.expires,
                }
                for member in self.members
            ]
        }

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self | None:
        """Read what `to_payload` wrote; None for a message without members.

        Raises UnknownMessageError for another version.
        """
        if "members" not in payload:
            return None
        texts = iter(PredictRequest.from_payload(payload).texts)
        return cls(
            tuple(
                GroupMember(
                    member["id"],
                    PredictRequest(
                        tuple(next(texts) for _ in range(member["texts"])),
                        member["single"],
                        member["request_id"],
                        member["explain"],
                    ),
                    member["expires"],
                )
                for member in payload["members"]
            )
        )
