"""Small liberties of typing: no capitals, no full stop, no apostrophe, a swapped letter."""

import random
from typing import Final

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST: Final = 4  # letters of a word that gets a slip; shorter ones would become others
_CASUAL: Final = 0.2
_SLIP: Final = 0.03
_CAPITALS: Final = 0.02
_WITHOUT_APOSTROPHES: Final = 0.4


def varied(text: str, source: random.Random) -> str:
    """Return a made sentence, sometimes in another style, so that style alone tells nothing."""
    dice = source.random()
    if dice < _CASUAL:
        return casual(text, source)
    if dice < _CASUAL + _SLIP:
        return slipped(text, source)
    return text.upper() if dice < _CASUAL + _SLIP + _CAPITALS else text


def casual(text: str, source: random.Random) -> str:
    """Return the text in lower case without a full stop, often without apostrophes."""
    text = text.lower().rstrip(".")
    return text.replace("'", "") if source.random() < _WITHOUT_APOSTROPHES else text


def slipped(text: str, source: random.Random) -> str:
    """Swap, drop, double or exchange one letter of one longer word."""
    words = text.split(" ")
    longer = [place for place, word in enumerate(words) if len(word) >= _SHORTEST]
    longer = [place for place in longer if words[place].isalpha()]
    if not longer:
        return text
    place = longer[int(source.random() * len(longer))]
    word = words[place]
    at = 1 + int(source.random() * (len(word) - 2))  # people rarely miss the first letter
    dice = source.random()
    if dice < 0.35:  # noqa: PLR2004 - swapped letters are the commonest slip
        slip = word[at + 1] + word[at]
    elif dice < 0.65:  # noqa: PLR2004
        slip = word[at + 1]
    elif dice < 0.85:  # noqa: PLR2004
        slip = word[at] * 2 + word[at + 1]
    else:
        slip = _LETTERS[int(source.random() * len(_LETTERS))] + word[at + 1]
    words[place] = word[:at] + slip + word[at + 2 :]
    return " ".join(words)
