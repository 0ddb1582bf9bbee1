"""Texts with symbols: a symbol decides where the words say nothing."""

import random

import pytest

from emojify_core.labels import LABELS
from emojify_core.ml.data.synthetic.symbols import symbol_alone, symbol_plain, symbol_row
from emojify_core.ml.data.synthetic.targets import Example, Sources, one_hot
from support.symbol_kinds import KINDS

MANY = 500
ROW = Example("I failed my exam.", one_hot("sadness"), 0.9)
ROWS = Sources([ROW], ["The vote is on Sunday."], KINDS)


@pytest.fixture
def source() -> random.Random:
    """Return a repeatable source."""
    return random.Random(2)  # noqa: S311


def test_symbols_alone_speak(source: random.Random) -> None:
    """Chat words of joy speak less loudly, neutral symbols not at all."""
    made = [symbol_alone(source, ROWS) for _ in range(MANY)]
    assert {example.emotional for example in made} == {0.0, 0.7, 0.95}
    loud = [example for example in made if example.emotional]
    assert {LABELS[int(example.target.argmax())] for example in loud} == set(LABELS)


def test_a_symbol_decides_a_plain_sentence(source: random.Random) -> None:
    """A smiley is often mere politeness."""
    made = [symbol_plain(source, ROWS) for _ in range(MANY)]
    assert {example.emotional for example in made} == {0.0, 0.5, 0.75}
    for example in made:
        if example.emotional:
            joy = LABELS[int(example.target.argmax())] == "joy"
            assert example.emotional == (0.5 if joy else 0.75)


def test_a_row_outweighs_a_symbol_that_contradicts_it(source: random.Random) -> None:
    """The symbol is still heard."""
    made = [symbol_row(source, ROWS) for _ in range(MANY)]
    assert all(ROW.text in example.text != ROW.text for example in made)
    assert {int(example.target.argmax()) for example in made} == {LABELS.index("sadness")}
    heard = {round(float(example.target.max()), 2) for example in made}
    assert heard >= {0.9, 0.55}
