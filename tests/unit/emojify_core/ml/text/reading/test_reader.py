"""Texts as a model reads them: way 1 is frozen, way 2 reads what people really write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.ml.text.reading.groups import GROUP
from emojify_core.ml.text.reading.reader import LATEST, Reader, abbreviations
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.tokenizer import token_limit, tokenize

WORDS = [
    *(
        "i",
        "do",
        "n't",
        "know",
        "what",
        "to",
        "say",
        "so",
        "happy",
        "good",
        "cool",
        "coolly",
        "sad",
    ),
    *("my", "friend", "is", "was", "the", "a", ".", ",", "!", "you", "are", "your", "great"),
    *("because", "honestly", "before", "with", "of", "love", "'m", "no", "way"),
    *("🙁", "😭", "lol", "❤", GROUP),
]
FIRST, SECOND = (Reader(Vocabulary(WORDS), way) for way in (1, LATEST))
SIGNS = [
    "&amp;",
    "%41",
    "\\u00e9",
    "<b>",
    "[b]",
    "#a",
    ":(",
    ">",
    "\n",
    "--",
    "aabb",
    "😭",
    "\u200d",
]
SIGNS += ["black", "man", " ", "is", "I", "-", "haha", "Ã©", "\ud83d", "\x00", "'s", "https://a.b"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Sooo happpy!!! cooool", ["so", "happy", "!", "cool"]),
        ("coolly", ["coolly"]),
        ("I #love my friend :(", ["i", "love", "my", "friend", "🙁"]),
        ("I don&#39;t know &amp;hearts;", ["i", "do", "n't", "know", "❤"]),
        ("tbh ur gr8 b4 &", ["honestly", "your", "great", "before", "&"]),
        ("<p>My <b>gay</b> friend</p>", ["my", GROUP, "friend"]),
        ("so\u200b sad \ufeff", ["so", "sad"]),
        ("lmaooo 😭😭😭", ["lol", "😭", "😭", "😭"]),
        ("so good\n> my friend was sad", ["so", "good"]),
        ("see https://example.org/#sad?a=:( now", ["see", "<url>", "now"]),
        ("qwertzuiop", ["qwertzuiop"]),
        ("", []),
    ],
)
def test_the_second_way_reads_what_people_write(text: str, tokens: list[str]) -> None:
    """Each step of it, together."""
    assert SECOND.tokens(text) == tokens
    assert SECOND.ids(text) == SECOND.vocabulary.ids(tokens)


def test_tokens_that_were_made_before_are_read_alike() -> None:
    """The files of texts for training hold tokens, not texts."""
    assert SECOND.token_ids(["thx", "my", "gay", "friend"]) == SECOND.vocabulary.ids(
        ["thanks", "my", GROUP, "friend"]
    )
    assert FIRST.token_ids(["thx", "my", "friend"]) == FIRST.vocabulary.ids(["zyx", "my", "friend"])


@given(st.text(st.characters(codec=None)) | st.lists(st.sampled_from(SIGNS)).map("".join))
def test_every_text_is_read_within_its_limit(text: str) -> None:
    """No token has whitespace, and reading again gives the same."""
    tokens = SECOND.tokens(text)
    assert len(tokens) <= token_limit(text)
    assert not any(map(str.isspace, "".join(tokens)))
    assert all(tokens)
    assert tokens == SECOND.tokens(text)


@given(st.text() | st.lists(st.sampled_from(SIGNS)).map("".join))
def test_the_first_way_is_the_tokenizer_alone(text: str) -> None:
    """Models from before read so, and answer as they did."""
    assert FIRST.tokens(text) == tokenize(text)[: token_limit(text)]
    assert FIRST.ids(text) == FIRST.vocabulary.ids(FIRST.tokens(text))


def test_abbreviations_stand_for_words() -> None:
    """About a hundred, each one token of the tokenizer, and none a symbol."""
    assert len(abbreviations()) >= 100
    for short, words in abbreviations().items():
        assert words, short
        assert SECOND.tokens(short) == words, short
