"""Name the columns of a file and find the one that holds the texts."""

import re
from collections.abc import Collection, Mapping, Sequence

from emojify_core.batches.reading.columns.scores import candidates, is_near
from emojify_core.batches.reading.report import Candidate, Doubt
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_COLUMNS, MAX_HEADER_CELL, MAX_NAMES

_CANDIDATES = 5  # that a reading tells
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


def choose_column(
    wanted: str | None, header: Sequence[str], samples: Mapping[str, Sequence[str]]
) -> tuple[str, tuple[Candidate, ...], tuple[Doubt, ...]]:
    """Return the column with the texts, the candidates, and a doubt if two are near.

    `header` holds the names in the file; `samples` holds some values of each column by its unique
    name, in the same order. Raises BatchFileError when no column fits, or several have its name.
    """
    found = candidates(samples)
    shown = tuple(found[:_CANDIDATES])
    names = list(samples)
    if wanted is not None:
        return select_column(wanted, header, names), shown, ()
    if not found:
        raise BatchFileError(
            f"No column seems to contain texts. {_list_columns(names)} "
            "Choose one with column=NAME.",
            "column",
        )
    likeliest = found[0].column
    # If the header repeats its name, this reports that the choice is ambiguous.
    name = header[names.index(likeliest)].strip() or likeliest
    chosen = select_column(name, header, names)
    return chosen, shown, (_column_doubt(found),) if is_near(found) else ()


def select_column(wanted: str, header: Sequence[str], names: Sequence[str]) -> str:
    """Return the wanted column. Raises BatchFileError when none fits, or several do."""
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


def _column_doubt(found: Sequence[Candidate]) -> Doubt:
    first, second = (
        f"{each.column[:60]!r} ({each.reason}; such as {each.samples[0][:60]!r})"
        if each.samples
        else f"{each.column[:60]!r}"
        for each in found[:2]
    )
    return Doubt(
        "column",
        f"The texts may be in the column {first} or in {second}. Choose one with column=NAME.",
    )


def _list_columns(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:_SHOWN])
    return f"The columns are {shown}{' ...' if len(names) > _SHOWN else ''}."
