"""Which corrections an update learns: clients take turns, and a group's words are bounded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice, zip_longest
from typing import TypeVar

from emojify_core.limits import MAX_CORRECTION_WORDS, MAX_GROUP_WORDS
from emojify_core.storage.corrections.records import Correction
from emojify_core.tokenizer import token_limit, tokenize

# Corrections per update, by their number of failed attempts. A correction that breaks training is
# soon alone, and fails in the end. A refused one among 24 is found in about a minute.
GROUP_SIZES = (24, 24, 8, 1, 1)
ATTEMPTS = len(GROUP_SIZES)

_CONSIDERED = 4 * GROUP_SIZES[0]  # corrections whose words are counted for one group

Item = TypeVar("Item")


@dataclass(slots=True)
class Turns:
    """Chooses the next group. Strangers of one address take one turn, and share it in turns.

    A restart forgets who had the last turn, which costs the others one turn.
    """

    _words: int = MAX_GROUP_WORDS  # fewer while updates put corrections off
    _turn: int = 0
    _last_turns: dict[str, int] = field(default_factory=dict)  # by sharer, while it waits

    def next_group(self, queued: Sequence[Correction]) -> list[Correction]:
        """Return corrections with the same number of attempts; some if any are queued.

        The first always goes, so that a long text is not overtaken for ever. Of the others, those
        go that fit: a short one does not wait for the long ones before it.
        """
        ordered = self._in_turns(queued)
        group: list[Correction] = []
        left = self._words
        for one in islice(ordered, _CONSIDERED):
            if one.attempts != ordered[0].attempts:
                continue
            words = _cost(one)
            if words <= left or not group:
                group.append(one)
                left -= words
            if len(group) == GROUP_SIZES[min(one.attempts, ATTEMPTS - 1)]:
                break
        return group

    def record(self, decided: Iterable[Correction], put_off: Iterable[Correction]) -> None:
        """Remember whose turn it was. Groups get smaller while an update cannot do it all."""
        self._turn += 1
        self._last_turns |= {_sharer(one): self._turn for one in decided}
        smaller = any(True for _ in put_off)
        self._words = max(1, self._words // 2) if smaller else self._words * 2
        self._words = min(self._words, MAX_GROUP_WORDS)

    def _in_turns(self, queued: Sequence[Correction]) -> list[Correction]:
        """Order corrections: one of each sharer, then the second of each, and so on.

        The sharer that had its turn longest ago comes first, then the one that waits longest.
        """
        by_sharer: dict[str, list[Correction]] = {}
        for one in queued:
            by_sharer.setdefault(_sharer(one), []).append(one)
        self._last_turns = {
            sharer: turn for sharer, turn in self._last_turns.items() if sharer in by_sharer
        }
        sharers = sorted(by_sharer, key=lambda sharer: self._last_turns.get(sharer, 0))
        return _interleave([_by_clients(by_sharer[sharer]) for sharer in sharers])


def _sharer(correction: Correction) -> str:
    """Return whose turn it is: an address with all of its strangers, or a client."""
    return correction.network or correction.client


def _by_clients(corrections: Sequence[Correction]) -> list[Correction]:
    """Order the corrections of one sharer: its clients take turns, too."""
    ordered = sorted(corrections, key=lambda one: (one.client, one.attempts, one.sequence))
    clients = [list(own) for _, own in groupby(ordered, key=lambda one: one.client)]
    clients.sort(key=lambda own: (own[0].attempts, own[0].sequence))
    return _interleave(clients)


def _interleave(lists: Sequence[Sequence[Item]]) -> list[Item]:
    """Return the first items of all lists, then the second ones, and so on."""
    return [one for together in zip_longest(*lists) for one in together if one is not None]


def _cost(correction: Correction) -> int:
    """Return the number of words to learn; a text with too many is refused at once.

    It is an estimate, because the trainer's process has no model that could read the text. An
    update that takes too long puts corrections off, and the next group is smaller.
    """
    words = min(len(tokenize(correction.text)), token_limit(correction.text))
    return words if words <= MAX_CORRECTION_WORDS else 1
