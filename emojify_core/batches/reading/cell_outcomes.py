"""Which cells of a file hold a text that can be answered, and why the others do not."""

import re

from emojify_core.batches.reading.columns.cell_kinds import is_address, is_missing, is_number
from emojify_core.text_validation import TextProblem, check_text

_SHOWN = 30  # characters
_SHORT = 50  # characters; numbers and dates have no more
_WORD = re.compile(r"[^\W\d_]{4}")  # a longer one than any unit, so that most cells cost little
_LONGEST = 2_000  # characters of an address


def check_cell(text: str) -> TextProblem | None:
    """Return why a cell is not answered, or None: NA, a number or an address is no text."""
    problem = check_text(text)
    if problem is not None:
        return problem
    if len(text) <= _SHORT and is_missing(text):
        return _no_text(text, "stands for a missing answer")
    if len(text) <= _SHORT and not _WORD.search(text) and is_number(text):
        return _no_text(text, "is a number or a date")
    if len(text) <= _LONGEST and ("/" in text or "@" in text or "www." in text):
        return _no_text(text, "is an address") if is_address(text) else None
    return None


def _no_text(text: str, why: str) -> TextProblem:
    shown = text.strip()[:_SHOWN]
    return TextProblem("not_a_text", f"This cell holds no text: {shown!r} {why}.")
