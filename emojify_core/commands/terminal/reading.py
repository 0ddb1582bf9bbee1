"""How a file is read, shown before a row is answered; questions where that is unsure."""

import sys
from pathlib import Path
from typing import Any

import click

from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.errors import DataError

_BLOCK = 256 << 10


def look_locally(file: Path, layout: dict[str, Any], name: str) -> dict[str, Any]:
    """Return how this machine would read a file. Raises DataError, BatchFileError."""
    from emojify_core.batches.reading.ingest import look  # noqa: PLC0415 - slow to import

    try:
        with file.open("rb") as source:
            blocks = iter(lambda: source.read(_BLOCK), b"")
            return look(blocks, LayoutOptions(name=name, **layout)).to_json()
    except OSError as e:
        raise DataError(f"Cannot read {file}: {e.strerror}.") from e


def show_reading(reading: dict[str, Any]) -> None:
    """Print how a file would be read, and the candidates for its column."""
    parts = [reading["format"], reading["encoding"]]
    if reading["delimiter"]:
        parts.append(f"delimiter {reading['delimiter']!r}, quotation marks {reading['quote']}")
    if reading["sheet"]:
        parts.append(f"sheet {reading['sheet']!r}")
    if reading["header"] is not None:
        parts.append("with a header" if reading["header"] else "without a header")
    if reading["skip_lines"]:
        parts.append(f"{reading['skip_lines']} lines before it skipped")
    click.echo(f"Read as {', '.join(parts)}.")
    click.echo(f"Texts in column {reading['column']!r}.")
    show_candidates(reading)
    for odd in reading["odd_rows"]:
        click.echo(f"Row {odd['row']}: {odd['reason']}")
    for note in reading["notes"]:
        click.echo(note)
    for doubt in reading["doubts"]:
        click.echo(f"Unsure: {doubt['sentence']}")


def show_candidates(reading: dict[str, Any], *, err: bool = False) -> None:
    """Print the columns that may hold the texts, with samples of each."""
    for each in reading["candidates"]:
        click.echo(f"  {each['number']}. {each['column'][:80]!r}: {each['reason']}", err=err)
        for sample in each["samples"]:
            click.echo(f"       {sample[:100]!r}", err=err)


def settle(reading: dict[str, Any], *, yes: bool) -> dict[str, Any]:
    """Return the options that settle an unsure reading: by asking, or by taking the guess.

    Raises DataError where nobody can be asked.
    """
    for note in reading["notes"]:
        click.echo(note, err=True)
    if reading["sure"] or yes:
        return {"guess": True}
    sentences = " ".join(doubt["sentence"] for doubt in reading["doubts"])
    if not sys.stdin.isatty():
        show_candidates(reading, err=True)
        raise DataError(
            f"{sentences} In a command, an option is --NAME VALUE. Or give --yes to take the guess."
        )
    click.echo(sentences, err=True)
    chosen: dict[str, Any] = {"guess": True}
    if any(doubt["option"] == "column" for doubt in reading["doubts"]):
        show_candidates(reading, err=True)
        number = reading["candidates"][0]["number"]
        answer = click.prompt("Number of the column", default=number, type=int, err=True)
        chosen["column"] = str(answer)
    elif not click.confirm("Take the guess?", default=False, err=True):
        raise click.Abort
    return chosen
