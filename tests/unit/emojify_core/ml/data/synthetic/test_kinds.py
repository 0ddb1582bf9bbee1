"""Each kind of text that needs neither symbols nor groups: the target follows from the making."""

import random

import pytest

from emojify_core.labels import LABELS
from emojify_core.ml.data.synthetic.buried import buried
from emojify_core.ml.data.synthetic.denials import denial
from emojify_core.ml.data.synthetic.irony import irony
from emojify_core.ml.data.synthetic.negated_rows import negated_row
from emojify_core.ml.data.synthetic.others import others_feeling
from emojify_core.ml.data.synthetic.plain import neutral_line, plain
from emojify_core.ml.data.synthetic.sentences import grouped
from emojify_core.ml.data.synthetic.targets import EVEN, Example, Sources, one_hot
from emojify_core.ml.data.synthetic.typing_slips import casual, slipped, varied
from emojify_core.ml.data.synthetic.typing_styles import (
    chat_spelling,
    shouted,
    stretched,
    typed_copy,
)

MANY = 400
ROW = Example("I was so scared when the dog bit me.", one_hot("fear"), 0.9)
ROWS = Sources([ROW], ["The vote is on Sunday."])
BARE = Sources([Example("When we met.", one_hot("joy"), 1.0)], [])


@pytest.fixture
def source() -> random.Random:
    """Return a repeatable source."""
    return random.Random(1)  # noqa: S311


def label(example: Example) -> str:
    """Return the likeliest label."""
    return LABELS[int(example.target.argmax())]


def test_plain_texts_are_silent(source: random.Random) -> None:
    """Also without neutral rows."""
    for rows in (ROWS, BARE):
        made = [plain(source, rows) for _ in range(MANY)]
        assert len({example.text for example in made}) > MANY / 2
        assert all(example.text and "{" not in example.text for example in made)
        assert {example.emotional for example in made} == {0.0}
        assert all(example.target is EVEN for example in made)
    assert neutral_line(source, []) != ""


def test_denials_are_of_all_kinds(source: random.Random) -> None:
    """Denied, corrected, and affirmed with the words of denial."""
    made = [denial(source, ROWS) for _ in range(MANY)]
    assert {example.emotional for example in made} == {0.15, 0.4, 0.7, 1.0}
    assert {label(example) for example in made if example.emotional == 1} == set(LABELS)
    assert not any("{" in example.text for example in made)
    assert 0.3 < sum(example.emotional == 1 for example in made) / MANY < 0.65


def test_a_row_is_denied_by_a_word(source: random.Random) -> None:
    """A row that names no feeling cannot be denied so."""
    made = negated_row(source, ROWS)
    assert made is not None
    assert made.text.endswith(" so scared when the dog bit me.")
    assert made.text != ROW.text
    assert made.target[LABELS.index("fear")] < 0.02
    assert made.emotional == 0.4
    assert negated_row(source, BARE) is None
    long = Example(ROW.text + 30 * " It was a dog.", ROW.target, 1.0)
    assert negated_row(source, Sources([long], [])) is None
    assert all(denial(source, BARE).text for _ in range(MANY))


def test_the_same_openers_begin_irony_and_joy(source: random.Random) -> None:
    """The situation after the opener decides the emotion."""
    made = [irony(source, ROWS) for _ in range(MANY)]
    joy = [example for example in made if label(example) == "joy"]
    assert 0.4 < len(joy) / MANY < 0.6
    assert {label(example) for example in made} == {"joy", "anger", "sadness", "fear", "disgust"}
    for form in ("clause", "noun", "infinitive"):
        for opener in grouped("openers.tsv")[f"{form}\tsincere"]:
            assert opener.count("{x}") == 1
    first = [(example.text.split()[0].lower().strip(",."), label(example)) for example in made]
    joyful = {word for word, emotion in first if emotion == "joy"}
    ironic = {word for word, emotion in first if emotion != "joy"}
    assert len(joyful & ironic) > 5


def test_what_somebody_else_feels_counts(source: random.Random) -> None:
    """All seven emotions occur."""
    made = [others_feeling(source, ROWS) for _ in range(MANY)]
    assert {label(example) for example in made} == set(LABELS)
    assert {example.emotional for example in made} == {1.0}
    assert not any("{" in example.text for example in made)


def test_a_buried_row_keeps_its_target(source: random.Random) -> None:
    """Up to twelve plain sentences stand around it."""
    made = [buried(source, ROWS) for _ in range(MANY)]
    assert all(ROW.text in example.text != ROW.text for example in made)
    assert all(example.target is ROW.target for example in made)
    assert {example.emotional for example in made} == {0.9}


def test_a_typed_copy_keeps_its_target(source: random.Random) -> None:
    """Plain sentences are typed so, too: capitals alone are no emotion."""
    made = [typed_copy(source, ROWS) for _ in range(MANY)]
    assert {example.emotional for example in made} == {0.0, 0.9}
    assert all(example.target is ROW.target for example in made if example.emotional)
    assert len({example.text for example in made if example.emotional}) > 50


def test_styles_of_typing(source: random.Random) -> None:
    """Words stay where they are."""
    assert casual("Don't go there.", source).replace("'", "") == "dont go there"
    assert shouted("Go now.", source).startswith("GO NOW")
    chat = {chat_spelling("You are late because of me", source) for _ in range(50)}
    assert "u r late cuz of me" in chat
    assert stretched("no", source) in {"n" + "o" * count for count in range(3, 7)}
    assert stretched("hmm", source) == "hmm"
    slips = {slipped("we waited", source) for _ in range(200)}
    assert all(text.startswith("we w") for text in slips)
    assert len(slips) > 20
    assert slipped("I am at 24", source) == "I am at 24"
    assert {varied("It Rains.", source) for _ in range(500)} >= {
        "It Rains.",
        "it rains",
        "IT RAINS.",
    }
