"""The words the model knows and their ids. A model's vocabulary never changes after training."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import punctuation
from typing import Self

from emojify_core.errors import ModelError

PADDING = 0  # fills the places after the last token
UNKNOWN = 1  # a token outside the vocabulary
FIRST_WORD_ID = 2  # words follow the two special ids

_PUNCTUATION = frozenset(punctuation)


@dataclass(frozen=True, slots=True, init=False)
class Vocabulary:
    """An ordered list of distinct words; the first word has id 2.

    Raises ModelError when a word is empty, contains a line break or occurs twice.
    """

    words: tuple[str, ...] = field(repr=False)  # too many to print
    _ids: dict[str, int] = field(repr=False, compare=False)
    _punctuation_ids: frozenset[int] = field(repr=False, compare=False)

    def __init__(self, words: Sequence[str]) -> None:
        ids = {word: id_ for id_, word in enumerate(words, FIRST_WORD_ID)}
        punctuation_ids = (id_ for word, id_ in ids.items() if _PUNCTUATION.issuperset(word))
        object.__setattr__(self, "words", tuple(words))
        object.__setattr__(self, "_ids", ids)
        object.__setattr__(self, "_punctuation_ids", frozenset(punctuation_ids))
        if len(ids) != len(words):
            raise ModelError("The vocabulary contains a word twice. Train the model again.")
        if any(word.splitlines() != [word] for word in words):
            raise ModelError(
                "The vocabulary contains an empty word or one with a line break. "
                "Train the model again."
            )

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Return one id per token, `UNKNOWN` for tokens outside the vocabulary."""
        lookup = self._ids.get
        return [lookup(token, UNKNOWN) for token in tokens]

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def rank(self, token: str) -> int | None:
        """Return the word's place, 0 for the most frequent one; None for an unknown word."""
        id_ = self._ids.get(token)
        return None if id_ is None else id_ - FIRST_WORD_ID

    def known(self, tokens: Iterable[str]) -> bool:
        """Return whether the vocabulary contains at least one of the tokens."""
        return any(token in self._ids for token in tokens)

    def has_word(self, ids: Iterable[int]) -> bool:
        """Return whether any id is a known word; punctuation such as "?!" does not count."""
        return any(id_ >= FIRST_WORD_ID and id_ not in self._punctuation_ids for id_ in ids)

    def __len__(self) -> int:
        """Rows of the embedding table: the words and the two special ids."""
        return len(self.words) + FIRST_WORD_ID

    def save(self, path: Path) -> None:
        """Write the words as UTF-8, one per line."""
        path.write_text("".join(f"{word}\n" for word in self.words), encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a saved vocabulary. Raises ModelError when the file is missing or damaged."""
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as e:
            raise ModelError(
                f"The vocabulary {path} cannot be read ({e}). Restore the model's files, "
                "or train it again with `emojify train`."
            ) from e
        if text and not text.endswith("\n"):
            raise ModelError(
                f"The vocabulary {path} is truncated: its last line has no line break. "
                "Restore the model's files, or train it again with `emojify train`."
            )
        return cls(text.split("\n")[:-1])
