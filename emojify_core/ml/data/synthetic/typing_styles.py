"""How people type: without capitals and full stops, with slips, in capitals, in chat spelling."""

import random
from collections.abc import Callable, Mapping
from typing import Final

from emojify_core.ml.data.synthetic.plain import neutral_line
from emojify_core.ml.data.synthetic.sentences import between, draw
from emojify_core.ml.data.synthetic.targets import Example, Sources, silent
from emojify_core.ml.data.synthetic.typing_slips import casual, slipped

_PLAIN: Final = 0.25  # so that neither capitals nor slips mean an emotion
_MOST_SLIPS: Final = 3
_CHAT: Final[Mapping[str, str]] = {
    "you": "u", "your": "ur", "are": "r", "because": "cuz", "to": "2", "for": "4", "and": "n",
    "people": "ppl", "please": "pls", "thanks": "thx", "with": "w/", "what": "wat", "that": "dat",
    "though": "tho", "really": "rly", "right": "rite", "see": "c", "before": "b4", "great": "gr8",
    "tomorrow": "tmrw", "tonight": "2nite", "about": "abt", "going": "goin", "something": "smth",
    "someone": "sb", "very": "v", "know": "kno", "love": "luv", "okay": "ok", "want": "wanna",
}  # fmt: skip
_VOWELS: Final = "aeiou"


def typed_copy(source: random.Random, rows: Sources) -> Example:
    """Return a training row as somebody else might type it; the target is the row's."""
    style = draw(source, _STYLES)
    if source.random() < _PLAIN:
        return silent(style(neutral_line(source, rows.neutral), source))
    row = draw(source, rows.emotional)
    return Example(style(row.text, source), row.target, row.emotional)


def shouted(text: str, source: random.Random) -> str:
    """Return the text in capitals, sometimes with exclamation marks."""
    return text.rstrip(".").upper() + draw(source, ("", "", "!", "!!", "."))


def chat_spelling(text: str, source: random.Random) -> str:
    """Return the text with most of its common words shortened, as in a message."""
    words = casual(text, source).split(" ")
    keep = 0.3
    return " ".join(
        _CHAT[word] if word in _CHAT and source.random() >= keep else word for word in words
    )


def stretched(text: str, source: random.Random) -> str:
    """Return the text with a vowel of one word repeated: sooo."""
    words = text.split(" ")
    position = int(source.random() * len(words))
    word = words[position]
    vowels = [place for place, letter in enumerate(word) if letter.lower() in _VOWELS]
    if vowels:
        place = vowels[-1]
        words[position] = word[:place] + word[place] * between(source, 3, 6) + word[place + 1 :]
    return " ".join(words)


def with_slips(text: str, source: random.Random) -> str:
    """Return the text with one to three slips of the fingers."""
    for _ in range(between(source, 1, _MOST_SLIPS)):
        text = slipped(text, source)
    return text


def _hasty(text: str, source: random.Random) -> str:
    return with_slips(casual(text, source), source)


_STYLES: Final[tuple[Callable[[str, random.Random], str], ...]] = (
    casual, casual, with_slips, _hasty, shouted, chat_spelling, chat_spelling, stretched,
)  # fmt: skip
