"""Lines that may be more than texts: tables without a usual delimiter, and chats."""

import re
from collections.abc import Sequence

_COLUMNS_OF_SPACES = re.compile(r"\S {3,40}\S")
_SPEAKER = re.compile(r"([^\W\d_][\w .'-]{0,29}): \S")
_LONG_DELIMITERS = ("::", "||", "|||", "<SEP>", " ### ")
_FEW = 3  # lines tell nothing
_MOST = 0.8  # of the lines
_EXAMINED = 100


def odd_lines(text: str) -> str | None:
    """Return what most lines seem to be besides texts, as the end of a sentence, or None."""
    lines = [line for line in text.splitlines()[:_EXAMINED] if line.strip()]
    if len(lines) < _FEW:
        return None
    for delimiter in _LONG_DELIMITERS:
        if _same_number(lines, delimiter):
            return f"holds {delimiter!r} as often, as in a table"
    if _share(lines, _COLUMNS_OF_SPACES) >= _MOST:
        return "has wide gaps, as in a table"
    speakers = [found[1] for found in map(_SPEAKER.match, lines) if found]
    if len(speakers) >= _MOST * len(lines) and len(set(speakers)) < len(speakers):
        return "starts with a name, as in a chat"
    return None


def _same_number(lines: Sequence[str], delimiter: str) -> bool:
    counts = {line.count(delimiter) for line in lines}
    return len(counts) == 1 and counts != {0}


def _share(lines: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(pattern.search(line) is not None for line in lines) / len(lines)
