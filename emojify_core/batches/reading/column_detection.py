"""What the columns of a file are called, and which of them holds the texts."""

import re
from collections.abc import Mapping, Sequence

from emojify_core.batches.reading.layout import LINE_COLUMN
from emojify_core.errors import BatchFileError

# What people call such a column; the earlier the likelier.
_NAMES = (
    *(LINE_COLUMN, "texts", "sentence", "message", "comment", "comments", "review", "tweet"),
    *("post", "body", "content", "answer", "response", "feedback", "statement", "description"),
)
_NUMBER = re.compile(r"\s*[+-]?[\d.,:/ %-]*\d[\d.,:/ %-]*\s*")  # dates and times too
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE_WORDS = 4


def unique_column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Return a name for each column: the header's, made different where two are the same."""
    found: list[str] = []
    for number, cell in enumerate(cells, 1):
        base = cell.strip() or f"column_{number}"
        name, again = base, 2
        while name in found:
            name, again = f"{base}_{again}", again + 1
        found.append(name)
    return tuple(found)


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether a table's first row looks like names of columns rather than like data."""
    known = {cell.strip().lower() for cell in cells} & set(_NAMES)
    if known:
        return True
    if any(_NUMBER.fullmatch(cell) for cell in cells) or not any(cells):
        return False
    if any(cell.rstrip().endswith((".", "!")) for cell in cells):
        return False
    return len(cells) > 1 or len(cells[0].split()) < _SENTENCE_WORDS


def select_column(
    wanted: str | None, header: Sequence[str], samples: Mapping[str, Sequence[str]]
) -> str:
    """Return the column with the texts: the one that is wanted, or the likeliest.

    `header` is what the file calls its columns, `samples` some values of each by its name here,
    in the same order. Raises BatchFileError, naming the columns there are.
    """
    names = list(samples)
    if wanted is None:
        found = _likeliest(samples)
        # Of two with one name nobody can say which is meant.
        wanted = header[names.index(found)].strip() or found
    same = [name for name, cell in zip(names, header, strict=True) if cell.strip() == wanted]
    same = same or [name for name in names if name.lower() == wanted.strip().lower()]
    if len(same) > 1:
        raise BatchFileError(
            f"There are {len(same)} columns called {wanted!r}. Rename them, or say which one by "
            f"its number: column={names.index(same[0]) + 1} is the first.",
            "column",
        )
    if same:
        return same[0]
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(names):
        return names[int(wanted) - 1]
    raise BatchFileError(f"There is no column {wanted!r}. {_listed(names)}", "column")


def _likeliest(samples: Mapping[str, Sequence[str]]) -> str:
    words = {name: _words(values) for name, values in samples.items()}
    for known in _NAMES:
        for name in samples:
            if name.lower() == known and (words[name] or not any(words.values())):
                return name
    wordiest = max(words, key=words.__getitem__, default="")
    if not words.get(wordiest):
        raise BatchFileError(
            f"No column seems to hold texts. {_listed(list(samples))} Say which with column=NAME.",
            "column",
        )
    return wordiest


def _words(values: Sequence[str]) -> float:
    """Return how many words a value has on average."""
    return sum(len(_WORD.findall(value)) for value in values) / max(1, len(values))


def _listed(names: Sequence[str]) -> str:
    some = ", ".join(repr(name[:40]) for name in names[:20])
    return f"The columns are {some}{' ...' if len(names) > 20 else ''}."  # noqa: PLR2004
