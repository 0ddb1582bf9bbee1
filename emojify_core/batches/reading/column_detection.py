"""Name the columns of a file and find the one that holds the texts."""

import re
from collections.abc import Collection, Mapping, Sequence

from emojify_core.batches.reading.layout import LINE_COLUMN
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_COLUMNS, MAX_HEADER_CELL, MAX_NAMES, MAX_NUMBER

# Usual names of the column with the texts, the most likely first.
_NAMES = (
    *(LINE_COLUMN, "texts", "sentence", "message", "comment", "comments", "review", "tweet"),
    *("post", "body", "content", "answer", "response", "feedback", "statement", "description"),
)
_NUMBER_SIGNS = frozenset(".,:/ %-")  # beside digits; dates and times too
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE_WORDS = 4
_SHOWN = 20  # columns in an error message


def unique_column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Return one name per header cell; add a number to empty and repeated names."""
    names: dict[str, None] = {}  # in their order
    suffixes: dict[str, int] = {}  # the last one tried for each name
    for number, cell in enumerate(cells, 1):
        base = name = cell.strip() or f"column_{number}"
        while name in names:
            suffixes[base] = suffixes.get(base, 1) + 1
            name = f"{base}_{suffixes[base]}"
        names[name] = None
    return tuple(names)


def check_names(names: Collection[str]) -> None:
    """Raise BatchFileError when there are too many column names, or when they are too long."""
    if len(names) > MAX_COLUMNS:
        raise BatchFileError(
            f"The file has more than {MAX_COLUMNS} columns. Remove those that you do not need and "
            "send it again."
        )
    if any(len(name) > MAX_HEADER_CELL for name in names):
        raise BatchFileError(
            f"The name of a column is longer than {MAX_HEADER_CELL:,} characters. Shorten it, or "
            "say header=false if the first row is data."
        )
    if sum(map(len, names)) > MAX_NAMES:
        raise BatchFileError(
            f"The names of the columns have more than {MAX_NAMES:,} characters together. Shorten "
            "them and send the file again."
        )


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether the first row of a table looks like column names rather than data."""
    cells = cells[:MAX_COLUMNS]  # a table with more is refused, so the others are not worth a look
    if any(len(cell) > MAX_HEADER_CELL for cell in cells):
        return False
    if {cell.strip().lower() for cell in cells} & set(_NAMES):
        return True
    if any(map(_is_number, cells)) or not any(cells):
        return False
    if any(cell.rstrip().endswith((".", "!")) for cell in cells):
        return False
    return len(cells) > 1 or len(cells[0].split()) < _SENTENCE_WORDS


def select_column(
    wanted: str | None, header: Sequence[str], samples: Mapping[str, Sequence[str]]
) -> str:
    """Return the column with the texts: the wanted one, or else the most likely.

    `header` holds the names in the file; `samples` holds some values of each column by its unique
    name, in the same order. Raises BatchFileError when no column fits, or several do.
    """
    names = list(samples)
    if wanted is None:
        likeliest = _likeliest(samples)
        # If the header repeats its name, the check below reports that the choice is ambiguous.
        wanted = header[names.index(likeliest)].strip() or likeliest
    same = [name for name, cell in zip(names, header, strict=True) if cell.strip() == wanted]
    same = same or [name for name in names if name.lower() == wanted.strip().lower()]
    if len(same) > 1:
        raise BatchFileError(
            f"The file has {len(same)} columns named {wanted!r}. Rename them, or choose one by its "
            f"number: column={names.index(same[0]) + 1} is the first.",
            "column",
        )
    if same:
        return same[0]
    number = int(wanted) if re.fullmatch(r"[0-9]{1,9}", wanted) else 0
    if 1 <= number <= len(names):
        return names[number - 1]
    raise BatchFileError(f"The file has no column {wanted!r}. {_list_columns(names)}", "column")


def _is_number(cell: str) -> bool:
    """Tell whether a cell holds a number, a date or a time, in linear time."""
    number = cell.strip().removeprefix("+")
    return (
        len(number) <= MAX_NUMBER
        and any(map(str.isdecimal, number))
        and all(sign.isdecimal() or sign in _NUMBER_SIGNS for sign in number)
    )


def _likeliest(samples: Mapping[str, Sequence[str]]) -> str:
    words = {name: _mean_words(values) for name, values in samples.items()}
    for known in _NAMES:
        for name in samples:
            if name.lower() == known and (words[name] or not any(words.values())):
                return name
    wordiest = max(words, key=words.__getitem__, default="")
    if not words.get(wordiest):
        raise BatchFileError(
            f"No column seems to contain texts. {_list_columns(list(samples))} "
            "Choose one with column=NAME.",
            "column",
        )
    return wordiest


def _mean_words(values: Sequence[str]) -> float:
    return sum(len(_WORD.findall(value)) for value in values) / max(1, len(values))


def _list_columns(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:_SHOWN])
    return f"The columns are {shown}{' ...' if len(names) > _SHOWN else ''}."
