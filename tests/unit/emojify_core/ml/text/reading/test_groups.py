"""Words for groups of people are one token, and words that also mean something else keep that."""

import pytest

from emojify_core.ml.text.reading.groups import GROUP, group_words, mark_groups, names
from emojify_core.tokenizer import tokenize


def marked(text: str) -> str:
    """Return the text as it is read, with G for a group."""
    return " ".join(mark_groups(tokenize(text))).replace(GROUP, "G")


def test_names_of_groups_are_one_token() -> None:
    """Religion, origin, orientation, gender, body, disability, age."""
    assert marked("A Jewish nurse and two Kenyans") == "a G nurse and two G"
    assert marked("gay, transgender, obese, epileptic, elderly") == "G , G , G , G , G"


def test_compounds_are_one_token() -> None:
    """The tokenizer splits them at the hyphen."""
    assert marked("a non-binary, dark-skinned teacher") == "a G , G teacher"
    assert marked("African-American") == "G"
    assert marked("a well-known song - and -") == "a well - known song - and -"


@pytest.mark.parametrize(
    "text",
    [
        "black coffee",
        "my old car",
        "my friend's old car",
        "the car is old",
        "a blind date",
        "a fat wallet",
        "they turned a deaf ear",
        "a white wall",
        "the road is straight",
        "young wine",
        "black and white photos",
        "i was blind with rage",
        "she was paralyzed by fear",
        "i disabled the alarm",
        "polish the table",
        "old",
    ],
)
def test_words_with_another_meaning_keep_it(text: str) -> None:
    """Most "old" things are no people."""
    assert GROUP not in mark_groups(tokenize(text))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("an old man", "an G man"),
        ("a deaf colleague and her blind friend", "a G colleague and her G friend"),
        ("black and white people", "G and G people"),
        ("an old Jewish woman", "an G G woman"),
        ("a very fat, bald guy", "a very G , G guy"),
        ("I'm black", "i 'm G"),
        ("she's deaf", "she 's G"),
        ("they are not old", "they are not G"),
        ("my neighbour is very old", "my neighbour is very G"),
        ("somebody who is blind", "somebody who is G"),
        ("He was a young black lawyer", "he was a G G lawyer"),
    ],
)
def test_beside_people_such_words_name_a_group(text: str, read: str) -> None:
    """Before a word for people, or said of them."""
    assert marked(text) == read


def test_the_words_are_distinct_single_tokens_or_compounds_of_two() -> None:
    """Others would never be found."""
    words = group_words()
    assert len(set(words)) == len(words)
    assert 100 <= len(words) <= 250
    assert all(len(tokenize(word)) == (3 if "-" in word else 1) for word in words)
    assert all(not names().isdisjoint(tokenize(word)) for word in words)
