"""Which texts are accepted."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.limits import MAX_CHARACTERS
from emojify_core.text_validation import check_text
from web.predictions.schemas import ANSWERABLE


@pytest.mark.parametrize("text", ["", " ", "\n\t\r", "\u00a0\u2003\u3000", "\x1c\x85"])
def test_a_blank_text_is_refused(text: str) -> None:
    """A text needs at least one visible character."""
    problem = check_text(text)
    assert problem
    assert (problem.code, problem.message) == ("blank", "Write at least one word.")


@pytest.mark.parametrize("text", ["x" * MAX_CHARACTERS, "\N{PILE OF POO}" * MAX_CHARACTERS, "."])
def test_a_text_within_the_limit_is_accepted(text: str) -> None:
    """The limit counts characters, not bytes."""
    assert check_text(text) is None


def test_a_text_over_the_limit_is_refused_with_both_numbers() -> None:
    """The message shows how much to remove."""
    problem = check_text("x" * 12_345)
    assert problem
    assert problem.code == "too_long"
    assert problem.message == "A text may have 5,000 characters; this one has 12,345."


@pytest.mark.parametrize("text", ["\ud83d", "happy \ude04", "\ude04\ud83d"])
def test_a_lone_surrogate_is_refused(text: str) -> None:
    """No encoding can represent it."""
    problem = check_text(text)
    assert problem
    assert problem.code == "not_unicode"


@given(st.text(st.characters(), max_size=50))
def test_every_encodable_text_that_is_not_blank_is_accepted(text: str) -> None:
    """There are no exceptions."""
    encodable = all(unicodedata.category(character) != "Cs" for character in text)
    assert (check_text(text) is None) == (bool(text.strip()) and encodable)


def test_the_openapi_pattern_equals_the_rule() -> None:
    """The pattern agrees with Python's `isspace` on every character."""
    pattern = re.compile(ANSWERABLE["pattern"])
    characters = map(chr, range(sys.maxunicode + 1))
    assert [c for c in characters if bool(pattern.search(c)) == c.isspace()] == []
