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

# The tokens of way 1, joined by spaces. They never change: released models read so.
FROZEN = {
    "I was not afraid at all.": "i was not afraid at all .",
    "Sooo happpy!!! :-) :( <3": "so happy ! :) :( \u2764",
    "I don't know, can't say; it's fine": "i do n't know , ca n't say ; it 's fine",
    "im sad and youre not": "i 'm sad and you 're not",
    "he said: \u201cgo home\u201d \u2014 now": 'he said : " go home " -- now',
    "\u2764\ufe0f \U0001f62d\U0001f44d\U0001f3fd": "\u2764 \U0001f62d \U0001f44d\U0001f3fd",
    "#SoHappy #sad": "# sohappy # sad",
    "see https://example.org/a?b=c and www.example.org": "see <url> and <url>",
    "@ann wrote to bob@example.org": "<user> wrote to <email>",
    "don&#39;t &amp; won%27t": "don & # 39 ; t & amp ; won % 27 t",
    "<b>bold</b> [b]x[/b]": "< b > bold < / b > [ b ] x [ / b ]",
    "lol omg idk tbh wtf": "lol omg idk tbh wtf",
    "black coffee and an old gay man": "black coffee and an old gay man",
    "p.m. 12:30 1,000 2nd 80s": "p.m. 12:30 1,000 2nd 80s",
    "o'clock rock 'n' roll": "o'clock rock ' n ' roll",
    "shouldn't've y'all": "should n't 've you all",
    "... -- !!! ?!": "... -- ! ? !",
    "caf\xe9 na\xefve \xbd": "caf\xe9 na\xefve 1/2",
    "\u200bzero\u200cwidth\ufeff": "zerowidth",
    "> quoted\nmine\n--\nsign": "> quoted mine -- sign",
    "hahaha ewww grrr hmmm": "hahaha ew gr hm",
    "\u8a66\u9a13 \u0645\u0631\u062d\u0628\u0627": "\u8a66\u9a13 \u0645\u0631\u062d\u0628\u0627",
    "a\U0001f1e9\U0001f1ea": "a \U0001f1e9\U0001f1ea",
    "\U0001f469\u200d\U0001f467!": "\U0001f469\u200d\U0001f467 !",
    "": "",
    "   \n\t": "",
}


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


@pytest.mark.parametrize(("text", "tokens"), FROZEN.items())
def test_the_first_way_is_frozen(text: str, tokens: str) -> None:
    """A model from before gets the ids that it was trained with."""
    vocabulary = Vocabulary(sorted({word for words in FROZEN.values() for word in words.split()}))
    assert Reader(vocabulary, 1).tokens(text) == tokens.split()
    assert Reader(vocabulary, 1).ids(text) == vocabulary.ids(tokens.split())


def test_a_word_of_a_whole_text_is_not_respelled() -> None:
    """Known words are shorter, and each try costs as much as the word is long."""
    assert SECOND.tokens("sso") == ["so"]
    assert SECOND.tokens("ab" * 50 + "ll") == ["ab" * 50 + "ll"]
