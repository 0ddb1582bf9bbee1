"""`emojify batch`: a file of many texts, answered row by row."""

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.commands.terminal.progress import show_progress, show_summary
from emojify_core.commands.terminal.server_options import (
    Server,
    asks_a_server,
    json_option,
    show_json,
)
from emojify_core.errors import DataError, EmojifyError

if TYPE_CHECKING:
    from emojify_core.client import Emojify
    from emojify_core.commands.terminal.progress import Bar

STDOUT = Path("-")


def _tells_how_to_read(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options about the file's form to a command, which gets them as `reading`."""

    @click.option("--column", help="The column with the texts: its name, or its number from 1.")
    @click.option("--encoding", help="Of the file, if it is not what it seems.")
    @click.option("--delimiter", help="Between the cells of the file: one character, or tab.")
    @click.option("--header/--no-header", default=None, help="Whether the first row names columns.")
    @wraps(command)
    def telling(*args: Any, **options: Any) -> None:
        names = ("column", "encoding", "delimiter", "header")
        command(*args, reading={name: options.pop(name) for name in names}, **options)

    return telling


@click.command(
    epilog="""\b
Examples:
  emojify batch survey.csv                       writes survey.emojified.csv
  emojify batch chat.jsonl.gz --column message -o - | head
  emojify batch tickets.csv --detach             prints an id, and later
  emojify batch --id ID -o tickets.emojified.csv
  emojify batch survey.csv --local               needs no server
"""
)
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Where to write; - is standard output."
)
@click.option("--format", "result_format", type=click.Choice(["csv", "jsonl"]), help="Of results.")
@_tells_how_to_read
@click.option("--detach", is_flag=True, help="Do not wait: print the batch's id.")
@click.option("--id", "batch_id", help="Wait for and fetch a batch that was sent before.")
@click.option("--local", is_flag=True, help="Use the shipped model on this machine, no server.")
@json_option
@asks_a_server
def batch(  # noqa: PLR0913  (options of a command)
    *,
    file: Path | None,
    out: Path | None,
    result_format: str | None,
    reading: dict[str, Any],
    batch_id: str | None,
    server: Server,
    detach: bool,
    local: bool,
    as_json: bool,
) -> None:
    """Answer each row of FILE and write it with its answers, in the same order.

    FILE is CSV or TSV of any dialect, JSON Lines or plain text, or gzip of these. A row that
    cannot be answered has its own error. Ctrl-C cancels the batch. Without a key, a batch that
    was sent before is known to the same user on the same machine.
    """
    if (file is None) == (batch_id is None):
        raise click.UsageError("Give a FILE to send, or --id of a batch that was sent before.")
    options = LayoutOptions(name=file.name if file else "", **reading)
    kind, out = _target(file, batch_id, out, result_format)
    if local:
        if file is None or detach:
            raise click.UsageError("--local answers a FILE at once: leave out --id and --detach.")
        summary = _answer_here(file, out, kind, options)
    else:
        with server.connect() as emojify:
            sent = batch_id or _send(emojify, file, options)
            if detach:
                show_json({"id": sent}) if as_json else click.echo(sent)
                return
            summary = _fetch(emojify, sent, out, kind, cancel=file is not None)
    if as_json and out != STDOUT:
        show_json(summary | {"file": click.format_filename(out)})
    else:
        show_summary(summary, out)


def _target(
    file: Path | None, batch_id: str | None, out: Path | None, wanted: str | None
) -> tuple[str, Path]:
    """Return the results' format and place."""
    asked = out.suffix.lstrip(".") if out else ""
    source = file.name.removesuffix(".gz") if file else f"{batch_id}.csv"
    kind = wanted or (
        asked if asked in {"csv", "jsonl"} else "jsonl" if source.endswith(".jsonl") else "csv"
    )
    stem = source.rpartition(".")[0] or source
    return kind, out or (file.parent if file else Path()) / f"{stem}.emojified.{kind}"


def _send(emojify: "Emojify", file: Path | None, options: LayoutOptions) -> str:
    assert file is not None  # noqa: S101  (for the type checker)
    said: dict[str, Any] = {
        "column": options.column,
        "encoding": options.encoding,
        "delimiter": options.delimiter,
        "header": None if options.header is None else str(options.header).lower(),
    }
    given = {name: value for name, value in said.items() if value is not None}
    with show_progress("Sending") as bar:
        batch = emojify.submit(file, progress=bar.show_bytes, **given)
    click.echo(f"Batch {batch.id}, texts in column {batch.column!r}.", err=True)
    return batch.id


def _fetch(
    emojify: "Emojify", batch_id: str, out: Path, kind: str, *, cancel: bool
) -> dict[str, Any]:
    try:
        with show_progress("Answering") as bar:
            batch = emojify.wait(batch_id, lambda now: _show(bar, now))
            bar.show(batch.done, batch.rows)
    except KeyboardInterrupt:
        if cancel:
            with suppress(EmojifyError):
                emojify.cancel(batch_id)
                click.echo("Cancelled.", err=True)
        raise
    if out == STDOUT:
        emojify.download(batch_id, sys.stdout.buffer, kind)
    else:
        with show_progress("Fetching") as bar:
            emojify.download(batch_id, out, kind, bar.show_bytes)
    return emojify.summary(batch_id)


def _show(bar: "Bar", batch: Any) -> None:
    bar.show(batch.done, batch.rows if batch.rows_known else None, batch.rate, batch.eta_seconds)


def _answer_here(file: Path, out: Path, kind: str, options: LayoutOptions) -> dict[str, Any]:
    from emojify_core.commands.terminal.local_model import LocalModel  # noqa: PLC0415 - numpy

    model = LocalModel()

    def answer(target: BinaryIO) -> dict[str, Any]:
        with show_progress("Answering") as bar:
            return model.batch(file, target, kind, options, bar.show)

    if out == STDOUT:
        return answer(sys.stdout.buffer)
    part = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as target:
            summary = answer(target)
        part.replace(out)
    except OSError as e:
        raise DataError(f"{out} cannot be written or {file} read: {e.strerror}.") from e
    finally:
        part.unlink(missing_ok=True)
    return summary
