"""The options that describe a file, for commands that read one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

_NAMES = ("column", "encoding", "delimiter", "quote", "header", "skip_lines", "sheet")


def layout_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that describe the file to a command, which gets them as `layout`."""

    @click.option(
        "--column",
        multiple=True,
        callback=_once,
        help="The column with the texts: its name, or its number from 1.",
    )
    @click.option("--encoding", help="The file's encoding. [default: detected]")
    @click.option("--delimiter", help="One character between cells, or tab. [default: detected]")
    @click.option(
        "--quote",
        type=click.Choice(["double", "single", "backslash", "none"]),
        help="What quotes cells; none: quotation marks belong to the texts. [default: detected]",
    )
    @click.option(
        "--header/--no-header",
        default=None,
        help="Whether the first row names the columns. [default: detected]",
    )
    @click.option("--skip-lines", type=int, help="Lines before the header. [default: detected]")
    @click.option("--sheet", help="Of a workbook: its name, or its number from 1.")
    @wraps(command)
    def with_layout(*args: Any, **options: Any) -> None:
        command(*args, layout={name: options.pop(name) for name in _NAMES}, **options)

    return with_layout


def as_fields(layout: dict[str, Any]) -> dict[str, str]:
    """Return the given options as the API takes them."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in layout.items()
        if value is not None
    }


def _once(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> str | None:
    if len(values) > 1:
        raise click.UsageError("Give --column once: one column of a file is answered.")
    return values[0] if values else None
