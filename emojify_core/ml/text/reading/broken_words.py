"""Mends words that programs broke: cut at a line's end, or joined by a blank that nobody sees."""

import re
from collections.abc import Container

_UNSEEN_BLANK = re.compile("(?<=[^\\W_])\u200b+(?=[^\\W_])")  # the zero-width space
# Its repetitions are bounded, and it is only tried where a word begins.
_CUT = re.compile(r"(?<!\w)([^\W\d_]{2,20})-\s{1,2}([^\W\d_]{2,20})(?!\w)")


def mend_words(text: str, known: Container[str]) -> str:
    """Return the text with a blank for each zero-width one, and with cut words made whole.

    "embar- rassed" is one word, because `known` has it and not its parts; "pre- and postwar" and
    "well- known" stay. Takes linear time.
    """
    if "\u200b" in text:
        text = _UNSEEN_BLANK.sub(" ", text)
    return _CUT.sub(lambda cut: _join(cut, known), text) if "- " in text or "-\n" in text else text


def _join(cut: re.Match[str], known: Container[str]) -> str:
    first, second = (part.lower() for part in cut.groups())
    if first in known and second in known:
        return cut[0]
    return cut[1] + cut[2] if first + second in known else cut[0]
