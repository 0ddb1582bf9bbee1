"""Words for groups of people. All share one vector, so that none carries an emotion of its own."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

GROUP = "<group>"
_HYPHEN = "-"

# What may stand between such a word and the people: "black and white kids", "not so old".
_BETWEEN = frozenset(("and", "or", ",", "-", "&", "a", "an", "n't"))
_BETWEEN |= {"very", "so", "too", "not", "also", "really", "quite", "just", "both"}
_MAX_BETWEEN = 4  # tokens
_SUBJECTS = frozenset(("i", "he", "she", "they", "we", "you", "who"))
_BE = frozenset(("am", "'m", "is", "are", "'re", "was", "were"))
_ORDINARY_BEFORE = frozenset(("with", "by", "from", "to", "enough", "up"))  # "blind with rage"


def group_words() -> tuple[str, ...]:
    """Return all words for groups of people."""
    return (*_words("groups.txt"), *_words("ambiguous_groups.txt"))


def mark_groups(tokens: Sequence[str]) -> list[str]:
    """Return a text's tokens with `GROUP` in place of each name of a group. Takes linear time.

    Compounds are one name: `middle-aged` is three tokens of the tokenizer.
    """
    marked: list[str] = []
    compounds, skip = _compounds(), False
    for at, token in enumerate(tokens):
        if skip:
            skip = False
        elif token == _HYPHEN and 0 < at < len(tokens) - 1 and _around(tokens, at) in compounds:
            marked[-1], skip = GROUP, True
        elif token in _groups() or (token in _ambiguous() and _means_people(tokens, at)):
            marked.append(GROUP)
        else:
            marked.append(token)
    return marked


def _around(tokens: Sequence[str], hyphen: int) -> str:
    return f"{tokens[hyphen - 1]}-{tokens[hyphen + 1]}"


def _means_people(tokens: Sequence[str], at: int) -> bool:
    """Return whether "old" and the like stand before a word for people, or say what they are."""
    after = _beyond(tokens, range(at + 1, min(at + 2 + _MAX_BETWEEN, len(tokens))))
    if after in _people():
        return True
    if at + 1 < len(tokens) and tokens[at + 1] in _ORDINARY_BEFORE:
        return False
    before = range(at - 1, max(at - 4 - _MAX_BETWEEN, -1), -1)
    said = _others(tokens, before)
    verb, subject = next(said, ""), next(said, "")
    if verb == "'s":  # elsewhere it tells whose: "my friend's old car"
        return subject in {"he", "she", "who"}
    return verb in _BE and (subject in _SUBJECTS or subject in _people())


def _beyond(tokens: Sequence[str], places: range) -> str:
    return next(_others(tokens, places), "")


def _others(tokens: Sequence[str], places: range) -> Iterator[str]:
    """Yield the tokens that are neither between words nor names of groups."""
    between = (_BETWEEN, _groups(), _ambiguous())
    return (tokens[at] for at in places if not any(tokens[at] in words for words in between))


@cache
def _groups() -> frozenset[str]:
    return frozenset(_words("groups.txt"))


@cache
def _ambiguous() -> frozenset[str]:
    return frozenset(_words("ambiguous_groups.txt"))


@cache
def _people() -> frozenset[str]:
    return frozenset(_words("people.txt"))


@cache
def _compounds() -> frozenset[str]:
    return frozenset(word for word in group_words() if "-" in word)


@cache
def names() -> frozenset[str]:
    """Return the tokens without which no text names a group: a quick check before the marking."""
    parts = (word.split("-")[-1] for word in _compounds())
    return _groups() | _ambiguous() | frozenset(parts)


@cache
def _words(name: str) -> tuple[str, ...]:
    content = files(__package__).joinpath(name).read_text(encoding="utf-8")
    lines = (line for line in content.splitlines() if not line.startswith("#"))
    return tuple(word for line in lines for word in line.split())
