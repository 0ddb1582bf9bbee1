"""Emoji, emoticons and chat words of one kind are one token."""

import pytest

from emojify_core.labels import LABELS
from emojify_core.ml.text.reading.symbols import Symbol, canonical, replace_emoticons, symbols
from emojify_core.tokenizer import tokenize


def read(text: str) -> list[str]:
    """Return the tokens of a text with its symbols as their kinds."""
    return [canonical(token) for token in tokenize(replace_emoticons(text))]


@pytest.mark.parametrize("symbol", symbols(), ids=lambda symbol: symbol.token)
def test_each_form_is_read_as_its_kind(symbol: Symbol) -> None:
    """Alone and in a sentence."""
    for form in symbol.forms:
        assert read(form) == [symbol.token], form
        assert read(f"well {form} then") == ["well", symbol.token, "then"], form


def test_each_kind_has_an_emotion_and_plain_words() -> None:
    """Kinds are distinct, and no form belongs to two."""
    assert {symbol.emotion for symbol in symbols()} == {*LABELS, "none"}
    assert all(symbol.words for symbol in symbols())
    forms = [form for symbol in symbols() for form in symbol.forms]
    assert len(forms) == len(set(forms))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("\U0001f44d\U0001f3fd", ["👏"]),  # a skin tone
        ("\u2764\ufe0f \u2764\ufe0e \u2764", ["❤", "❤", "❤"]),  # variation selectors
        ("\U0001f926\U0001f3fb\u200d\u2642\ufe0f", ["😳"]),  # a man who facepalms
        ("\U0001f469\u200d\u2764\ufe0f\u200d\U0001f48b\u200d\U0001f468", ["❤"]),  # a couple kisses
        ("\U0001f1e9\U0001f1ea", ["\U0001f1e9\U0001f1ea"]),  # a flag stays
        (":(((( :-)))", ["🙁", "😊"]),
        ("hahahaha bahaha lololol looool", ["lol"] * 4),
        ("(see above): D:\\data http://a.b/:(", ["(", "see", "above", ")", ":"]),
        ("12:30, list: (a), foo:Done, 8Dx", None),
    ],
)
def test_symbols_in_texts(text: str, tokens: list[str] | None) -> None:
    """Punctuation of prose is no emoticon."""
    found = read(text)
    kinds = {symbol.token for symbol in symbols()}
    assert kinds.isdisjoint(found) if tokens is None else found[: len(tokens)] == tokens
