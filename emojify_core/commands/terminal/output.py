"""How commands print results: JSON for programs, sentences and tables for people."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.table import Column, Table

Record = TypeVar("Record")

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def show(value: object, sentence: str, *, as_json: bool) -> None:
    """Print a value as JSON, or a sentence about it."""
    show_json(value) if as_json else click.echo(sentence)


def show_list(
    records: Iterable[Record],
    head: Sequence[str],
    cells: Callable[[Record], Sequence[object]],
    *,
    as_json: bool,
) -> None:
    """Print records as one line of JSON each, or as a table with the given cells."""
    if not as_json:
        show_table(head, map(cells, records))
        return
    for record in records:
        show_json(record)


def show_json(value: object) -> None:
    """Print a value as one line of JSON."""
    click.echo(json.dumps(to_dict(value), ensure_ascii=False))


def to_dict(value: object) -> Any:
    """Return a record as a dictionary; anything else unchanged."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return value


def show_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table with borders on a terminal, with tab-separated cells elsewhere."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    console = Console()
    if console.is_terminal:
        console.print(make_table(head, rows))
        return
    for row in rows:
        click.echo("\t".join(" ".join(str(cell).split()) for cell in row))


def make_table(head: "Sequence[str | Column]", rows: Iterable[Sequence[object]]) -> "Table":
    """Return a table for Rich; cells are plain text, not Rich's markup."""
    from rich.table import Table  # noqa: PLC0415 - slow to import
    from rich.text import Text  # noqa: PLC0415

    table = Table(*head)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    return table
