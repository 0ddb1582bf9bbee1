"""The sentences, words and templates that texts are made of, and how one is drawn."""

import random
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TypeVar

from emojify_core.errors import DataError

T = TypeVar("T")


def draw(source: random.Random, of: Sequence[T]) -> T:
    """Return one of a sequence. Only `random()` is used: Python guarantees its sequence."""
    return of[int(source.random() * len(of))]


def between(source: random.Random, least: int, most: int) -> int:
    """Return a number from `least` to `most`."""
    return least + int(source.random() * (most - least + 1))


@cache
def lines(name: str) -> tuple[str, ...]:
    """Return a file's lines without comments. Raises DataError when the file cannot be read."""
    try:
        content = files(__package__).joinpath("sentences", name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise DataError(
            f"The sentences for training, {name}, cannot be read ({e}). Install emojify again."
        ) from e
    return tuple(line for line in content.splitlines() if line and not line.startswith("#"))


@cache
def grouped(name: str) -> dict[str, tuple[str, ...]]:
    """Return a table's last column by the columns before it, which a tab joins."""
    table: dict[str, list[str]] = {}
    for line in lines(name):
        key, _, text = line.rpartition("\t")
        table.setdefault(key, []).append(text)
    return {key: tuple(texts) for key, texts in table.items()}


@cache
def _slots() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words[0].split("|")) for name, words in grouped("slots.tsv").items()}


def fill(template: str, source: random.Random) -> str:
    """Put a word of `slots.tsv` into each place in braces that names a slot."""
    head, brace, rest = template.partition("{")
    parts = [head]
    while brace:
        name, _, rest = rest.partition("}")
        words = _slots().get(name)
        parts.append(draw(source, words) if words else f"{{{name}}}")
        head, brace, rest = rest.partition("{")
        parts.append(head)
    return "".join(parts)


def capitalised(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]
