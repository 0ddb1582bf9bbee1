"""The ways in which models read texts. A model's manifest names its own.

Way 1 is the tokenizer alone. Way 2 first undoes encodings and markup, and reads symbols, chat
words and names of groups as what they mean.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from emojify_core.ml.text.reading.broken_words import mend_words
from emojify_core.ml.text.reading.encodings import undo_encodings
from emojify_core.ml.text.reading.groups import mark_groups, names
from emojify_core.ml.text.reading.hashtags import split_hashtags
from emojify_core.ml.text.reading.markup import replace_links, strip_markup, strip_quotes
from emojify_core.ml.text.reading.symbols import canonical, replace_emoticons
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.tokenizer import token_limit, tokenize

LATEST = 2
_DOUBLED = re.compile(r"([a-z])\1")
_MAX_DOUBLED = 3  # doubled letters of a word that may be typing errors
_MAX_RESPELLED = 32  # letters; known words are shorter, and a text may be one word


class Reader:
    """Turns texts into the word ids of one model."""

    def __init__(self, vocabulary: Vocabulary, way: int) -> None:
        self.vocabulary, self.way = vocabulary, way
        self._meanings: dict[str, Sequence[str]] = {}  # of words of the vocabulary that were read

    def ids(self, text: str) -> list[int]:
        """Return the ids of the words that the model reads of a text; none for an empty text."""
        return self.vocabulary.ids(self.tokens(text))

    def token_ids(self, tokens: Sequence[str]) -> list[int]:
        """Return the ids of a text that is tokens already."""
        return self.vocabulary.ids(tokens if self.way == 1 else self._meant(tokens))

    def tokens(self, text: str) -> list[str]:
        """Return the tokens that the model reads of a text, at most `token_limit(text)`."""
        limit = token_limit(text)
        if self.way == 1:
            return tokenize(text)[:limit]
        words = replace_links(strip_markup(strip_quotes(undo_encodings(text))))
        words = mend_words(words, self.vocabulary)
        words = split_hashtags(replace_emoticons(words), self.vocabulary.rank)
        return self._meant(tokenize(words)[:limit])[:limit]

    def _meant(self, tokens: Sequence[str]) -> list[str]:
        """Return what tokens stand for. Each gives at least one."""
        if not names().isdisjoint(tokens):
            tokens = mark_groups(tokens)
        meant: list[str] = []
        for token in tokens:
            words = self._meanings.get(token)
            if words is None:
                words = self._meaning(token)
                if token in self.vocabulary:  # so that what is kept is bounded
                    self._meanings[token] = words
            meant += words
        return meant

    def _meaning(self, token: str) -> Sequence[str]:
        symbol = canonical(token)
        if words := abbreviations().get(symbol):
            return words
        if symbol in self.vocabulary or not symbol.isalpha():
            return (symbol,)
        return (self._respelled(symbol),)

    def _respelled(self, token: str) -> str:
        """Return a known word that differs in doubled letters only: "sooo" is "so"."""
        if len(token) > _MAX_RESPELLED:
            return token
        doubled = [match.start() for match in _DOUBLED.finditer(token)][:_MAX_DOUBLED]
        for choice in range(1, 1 << len(doubled)):
            dropped = {at for bit, at in enumerate(doubled) if choice >> bit & 1}
            respelled = "".join(letter for at, letter in enumerate(token) if at not in dropped)
            if respelled in self.vocabulary:
                return canonical(respelled)
        return token


@cache
def abbreviations() -> Mapping[str, list[str]]:
    """Return the chat abbreviations and the words they stand for."""
    content = files(__package__).joinpath("abbreviations.tsv").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in content.splitlines() if not line.startswith("#"))
    return {short: words.split() for short, words in pairs}
