"""Words for groups of people. All share one vector, so that none carries an emotion of its own."""

from functools import cache
from importlib.resources import files

GROUP = "<group>"


def is_group(token: str) -> bool:
    """Return whether a token names a group of people."""
    return token in _groups()


@cache
def group_words() -> tuple[str, ...]:
    """Return all words for groups of people."""
    content = files(__package__).joinpath("groups.txt").read_text(encoding="utf-8")
    lines = (line for line in content.splitlines() if not line.startswith("#"))
    return tuple(word for line in lines for word in line.split())


@cache
def _groups() -> frozenset[str]:
    return frozenset(group_words())
