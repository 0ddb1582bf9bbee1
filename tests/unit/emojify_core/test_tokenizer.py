"""Texts to tokens."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emojify_core.limits import MAX_CHARACTERS, MAX_REQUEST_CHARACTERS, MAX_REQUEST_TOKENS
from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.text.embeddings import load_glove
from emojify_core.tokenizer import EMAIL, URL, USER, normalise, token_limit, tokenize

# All code points, surrogates included; more often those that the expressions treat specially.
ANY_TEXT = st.text(
    st.characters(codec=None)
    | st.sampled_from("aAzZ019 .-_'’`\"“@<>:;=()#/&\u200d\ufe0f\u0301❤😀🇩")
)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I didn't do it.", ["i", "did", "n't", "do", "it", "."]),
        ("It's Anna's", ["it", "'s", "anna", "'s"]),
        ("can't won't cannot", ["ca", "n't", "wo", "n't", "cannot"]),
        ("shouldn't've", ["should", "n't", "'ve"]),
        ("they're I'm we'll he'd", ["they", "'re", "i", "'m", "we", "'ll", "he", "'d"]),
    ],
)
def test_contractions_split_as_in_glove(text: str, tokens: list[str]) -> None:
    """A negation is a separate word with its own vector."""
    assert tokenize(text) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("im sad, dont ask", ["i", "'m", "sad", ",", "do", "n't", "ask"]),
        ("she didnt, he cant", ["she", "did", "n't", ",", "he", "ca", "n't"]),
        ("soooo happyyyy", ["so", "happy"]),
        ("coooool", ["cool"]),
        ("henry iii", ["henry", "iii"]),
    ],
)
def test_casual_spelling_is_normalised(text: str, tokens: list[str]) -> None:
    """Missing apostrophes and stretched words do not matter."""
    assert tokenize(text) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("What?! No!!! Yes...", ["what", "?", "!", "no", "!", "yes", "..."]),
        ('“well” ‘so’ ""no""', ['"', "well", '"', "'", "so", "'", '"', "no", '"']),
        ("it – was—bad", ["it", "--", "was", "--", "bad"]),
        ("part-time (D&C)", ["part", "-", "time", "(", "d", "&", "c", ")"]),
        ("at 12:30 p.m., 1,000 km", ["at", "12:30", "p.m.", ",", "1,000", "km"]),
        ("the 2nd of 110km/h", ["the", "2nd", "of", "110", "km", "/", "h"]),
        ("my parents'wishes, o'clock", ["my", "parents", "'", "wishes", ",", "o'clock"]),
        ("ＦＵＬＬ ﬁre CAFE\u0301 ½", ["full", "fire", "café", "1/2"]),
    ],
)
def test_punctuation_and_numbers_take_glove_s_forms(text: str, tokens: list[str]) -> None:
    """Typography does not change the prediction."""
    assert tokenize(text) == tokens


def test_each_emoji_sequence_is_one_token() -> None:
    """Families, skin tones and flags stay together; both styles of a heart are equal."""
    assert tokenize("👩‍👩‍👧👍🏽 🇩🇪🇫🇷 ❤️❤😂") == ["👩‍👩‍👧", "👍🏽", "🇩🇪", "🇫🇷", "❤", "❤", "😂"]
    assert tokenize(":-) <3 :(") == [":)", "❤", ":("]


def test_links_user_names_and_addresses_are_replaced() -> None:
    """Identifying tokens never enter the vocabulary."""
    text = "see https://a.example/x?y=1 or www.b.example, @bob or bob.b+c@d.example please"
    assert tokenize(text) == ["see", URL, "or", URL, USER, "or", EMAIL, "please"]


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\x00\x1f", "\ud800", "\u200b\u200d\ufe0f", "\u0301"]
)
def test_a_text_with_nothing_to_read_has_no_tokens(text: str) -> None:
    """An empty, invisible or broken text gives an empty list, not an error."""
    assert tokenize(text) == []


@given(ANY_TEXT)
@example("a\ud800b\udfffc\x00d")
@example("'s's' n't 'em <url> <3<3 :d")
def test_every_string_becomes_clean_tokens(text: str) -> None:
    """The tokens of any text can be stored and printed."""
    for token in tokenize(text):
        assert token.split() == [token]
        assert token.splitlines() == [token]
        token.encode("utf-8")


@given(ANY_TEXT)
@example("ﬀﬀ")
def test_normalising_is_idempotent(text: str) -> None:
    """A stored normalised text equals a new one."""
    once = normalise(text)
    assert normalise(once) == once


def test_case_spacing_and_quotes_do_not_distinguish_texts() -> None:
    """The same sentence typed twice counts once."""
    assert normalise("  When my  dog died. ") == normalise("when my dog died.")
    assert normalise("I didn’t “mean” it") == normalise('i didn\'t "mean" it')
    assert normalise("I did it") != normalise("I didn't do it")


@pytest.mark.parametrize("count", range(2, 9))
def test_an_abbreviation_is_one_token(count: int) -> None:
    """Up to eight letters, as in u.s. and p.h.d., stay together."""
    text = "a." * count
    assert tokenize(f"({text})") == ["(", text, ")"]


def test_a_text_of_one_abbreviation_takes_linear_time() -> None:
    """Letters with dots that end in a word kept a worker busy for seconds."""
    start = time.process_time()
    tokenize("a." * 100_000 + "aa")
    assert time.process_time() - start < 2  # takes 0.1 s; quadratic time took minutes


def test_one_character_does_not_become_a_hundred_thousand() -> None:
    """Unicode spells the ligature of a whole phrase with 18 characters; people, with four."""
    assert tokenize("\ufdfa") == ["صلعم"]
    assert len(" ".join(tokenize("\ufdfa" * MAX_CHARACTERS))) <= 2 * MAX_CHARACTERS
    assert tokenize("½ " * 40) == ["1/2"] * 40


def test_the_model_reads_all_tokens_of_ordinary_texts(psychexp_path: Path) -> None:
    """Only rows of signs or emoji are cut off."""
    texts = load_psychexp(psychexp_path).texts
    long = [" ".join(texts[start : start + 40])[:MAX_CHARACTERS] for start in range(0, 7_000, 40)]
    for text in (*texts, *long):
        assert len(tokenize(text)) <= token_limit(text)
    request = long[: MAX_REQUEST_CHARACTERS // MAX_CHARACTERS]
    assert sum(len(tokenize(text)) for text in request) <= MAX_REQUEST_TOKENS
    assert token_limit("😀" * 43) >= 43
    assert token_limit("😀" * MAX_CHARACTERS) < MAX_CHARACTERS / 2


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "a",
            "a.",
            "a.aa",
            "a@",
            "'",
            "\"'",
            "x'",
            "'s",
            "x'ty",
            "@",
            "1.",
            "1,",
            "<",
            "aaab",
            "_",
            "\ud800",
        ),
        *(
            "\u0300\u0316",
            "😀\u200d",
            "http://",
            "www.",
            "a.b@c.",
            "a-",
            "n't",
            "ﷺ",
            ":-",
            "’",
            "[ ",
        ),
    ],
)
def test_no_text_takes_quadratic_time(unit: str) -> None:
    """No crafted text can block a worker."""
    text = (unit * 100_000)[:100_000]
    start = time.process_time()
    tokenize(text)
    assert (
        time.process_time() - start < 5
    )  # takes 0.01 to 0.7 s; quadratic time would take 8 to 80 s


def test_nearly_every_training_token_has_a_word_vector(psychexp_path: Path) -> None:
    """At most one token in 200 is unknown to GloVe."""
    data = load_psychexp(psychexp_path)
    words = set(load_glove().words)
    train = make_splits(data.texts, data.labels).train
    tokens = [token for row in train for token in tokenize(data.texts[row])]
    unknown = sum(token not in words for token in tokens)
    assert len(tokens) > 100_000
    assert unknown / len(tokens) <= 0.005


def test_tokenizing_imports_no_heavy_package() -> None:
    """The prediction worker starts without TensorFlow, scikit-learn and pyarrow."""
    heavy = {"tensorflow", "keras", "sklearn", "matplotlib", "onnx", "pyarrow", "httpx", "numpy"}
    code = (
        "import sys, emojify_core.tokenizer, emojify_core.ml.text.vocabulary\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
