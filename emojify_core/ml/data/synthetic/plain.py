"""Texts without an emotion: facts, small talk, tests, numbers, links, other languages."""

import random
from collections.abc import Sequence
from typing import Final

from emojify_core.ml.data.synthetic.sentences import between, draw, fill, lines
from emojify_core.ml.data.synthetic.targets import Example, Sources, silent
from emojify_core.ml.data.synthetic.typing_slips import varied

_FOREIGN: Final = 0.15
_JUNK: Final = 0.1
_ONE: Final = 0.5  # one sentence; the rest are several
_OWN: Final = 0.6  # of the lines are this project's, the others are neutral training rows
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_KEYS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")
_MARKS: Final = ("?", "...", "!", ".", "-", "??", "!!!", "?!", "--", "/", "***", "#", "( )", ",")
_TESTS: Final = ("test", "Test.", "TEST", "test 1", "test2", "tset", "testtest", "abc", "x", "1")
_JOINTS: Final = (" ", " ", " ", " ", "\n", " - ", "; ")


def plain(source: random.Random, rows: Sources) -> Example:
    """Return a plain fact, small talk, a test, numbers, another language, or several of them."""
    dice = source.random()
    if dice < _FOREIGN:
        text = draw(source, lines("foreign.txt"))
    elif dice < _FOREIGN + _JUNK:
        text = _junk(source)
    elif dice < _FOREIGN + _JUNK + _ONE:
        text = plain_line(source)
    else:
        joint = draw(source, _JOINTS)
        text = joint.join(neutral_line(source, rows.neutral) for _ in range(between(source, 2, 7)))
    return silent(text)


def plain_line(source: random.Random) -> str:
    """Return one plain sentence of this project."""
    return varied(fill(draw(source, lines("plain.txt")), source), source)


def neutral_line(source: random.Random, rows: Sequence[str]) -> str:
    """Return a plain sentence, or a training row without an emotion."""
    if not rows or source.random() < _OWN:
        return plain_line(source)
    return draw(source, rows)


def _junk(source: random.Random) -> str:
    """Return what people type to see whether something happens."""
    number = int(source.random() * 10 ** between(source, 1, 7))
    letters = "".join(draw(source, _LETTERS) for _ in range(between(source, 2, 9)))
    start = int(source.random() * 4)
    return draw(
        source,
        (
            letters,
            str(number),
            draw(source, _MARKS),
            f"https://example.org/{letters}/{number}",
            draw(source, _KEYS)[start : start + between(source, 3, 6)],
            draw(source, _TESTS),
            f"{letters[:2].upper()}-{number} {start}.5",
        ),
    )
