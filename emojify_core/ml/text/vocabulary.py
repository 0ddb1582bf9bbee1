"""Words to numbers and back: the part of the model that must never change under it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import punctuation
from typing import Self

from emojify_core.errors import ModelError

PADDING = 0  # fills the places after the last token
UNKNOWN = 1  # a token that has no word vector
FIRST_WORD_ID = 2  # the first word's number

_SIGNS = frozenset(punctuation)


@dataclass(frozen=True, slots=True, init=False)
class Vocabulary:
    """An ordered list of distinct words; the first word is number 2.

    Raises ModelError for a word that is empty, holds a line break or occurs twice.
    """

    words: tuple[str, ...] = field(repr=False)  # too many to print
    _numbers: dict[str, int] = field(repr=False, compare=False)
    _signs: frozenset[int] = field(repr=False, compare=False)  # words that are signs alone

    def __init__(self, words: Sequence[str]) -> None:
        object.__setattr__(self, "words", tuple(words))
        object.__setattr__(
            self, "_numbers", {word: at for at, word in enumerate(self.words, FIRST_WORD_ID)}
        )
        signs = (at for word, at in self._numbers.items() if _SIGNS.issuperset(word))
        object.__setattr__(self, "_signs", frozenset(signs))
        if len(self._numbers) != len(self.words):
            raise ModelError("The vocabulary holds a word twice. Train the model again.")
        if any(word.splitlines() != [word] for word in self.words):
            raise ModelError(
                "The vocabulary holds an empty word or one with a line break. "
                "Train the model again."
            )

    def ids(self, tokens: Iterable[str]) -> list[int]:
        """Return the number of each token, `UNKNOWN` for those without a word; same length."""
        number = self._numbers.get
        return [number(token, UNKNOWN) for token in tokens]

    def known(self, tokens: Iterable[str]) -> bool:
        """Whether at least one token has a word: without one, nothing can be predicted."""
        return any(token in self._numbers for token in tokens)

    def says_something(self, ids: Iterable[int]) -> bool:
        """Whether a number stands for a word that is more than a sign: "?!" says nothing."""
        return any(number >= FIRST_WORD_ID and number not in self._signs for number in ids)

    def __len__(self) -> int:
        """Rows of the embedding table: the words and the two specials."""
        return len(self.words) + FIRST_WORD_ID

    def save(self, path: Path) -> None:
        """Write the words as UTF-8, one a line."""
        path.write_text("".join(f"{word}\n" for word in self.words), encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises ModelError for a missing or damaged file."""
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as e:
            raise ModelError(
                f"The vocabulary {path} cannot be read ({e}). Put back the model's files, "
                "or train it again with `emojify train`."
            ) from e
        if text and not text.endswith("\n"):
            raise ModelError(
                f"The vocabulary {path} is cut off: its last line has no end. "
                "Put back the model's files, or train it again with `emojify train`."
            )
        return cls(text.split("\n")[:-1])
