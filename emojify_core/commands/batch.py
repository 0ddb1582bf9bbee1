"""`emojify batch`: predict every row of a file."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.commands.terminal.layout_options import as_fields, layout_options
from emojify_core.commands.terminal.output import json_option, show, show_json
from emojify_core.commands.terminal.progress import show_progress, show_summary
from emojify_core.commands.terminal.reading import look_locally, settle, show_reading
from emojify_core.commands.terminal.server_options import Server, server_options
from emojify_core.errors import DataError, EmojifyError, ServerRefusedError

if TYPE_CHECKING:
    from emojify_core.client import Emojify
    from emojify_core.commands.terminal.progress import Progress

STDOUT = Path("-")


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
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="The file to write; - is standard output. [default: beside FILE]",
)
@click.option(
    "--format",
    "result_format",
    type=click.Choice(["csv", "jsonl"]),
    help="The format of the results. [default: that of --out or FILE]",
)
@layout_options
@click.option("--preview", is_flag=True, help="Only show how FILE would be read.")
@click.option("--yes", is_flag=True, help="Take the guess where the reading is unsure.")
@click.option("--detach", is_flag=True, help="Do not wait: print the batch's id.")
@click.option("--id", "batch_id", help="Wait for an earlier batch and fetch its results.")
@click.option("--local", is_flag=True, help="Use the shipped model on this machine, no server.")
@json_option
@server_options
def batch(  # noqa: PLR0913  (options of a command)
    *,
    file: Path | None,
    out: Path | None,
    result_format: str | None,
    layout: dict[str, Any],
    preview: bool,
    yes: bool,
    batch_id: str | None,
    server: Server,
    detach: bool,
    local: bool,
    as_json: bool,
) -> None:
    """Predict every row of FILE; write the rows with their results.

    The order stays. FILE is CSV, TSV, Excel, OpenDocument, JSON or plain text, also compressed.
    A row that cannot be answered has its own error. Ctrl-C cancels the batch. Without a key, only
    the same user on the same machine can fetch a batch later.
    """
    if (file is None) == (batch_id is None):
        raise click.UsageError("Give a FILE to send, or --id of an earlier batch.")
    if preview:
        found = _look(file, layout, server, local=local)
        if as_json:
            show_json(found)
        else:
            show_reading(found)
        return
    result_format, out = _target(file, batch_id, out, result_format)
    if local:
        if file is None or detach:
            raise click.UsageError("--local answers a FILE at once. Leave out --id and --detach.")
        layout |= settle(look_locally(file, layout), yes=yes)
        options = LayoutOptions(name=file.name, **layout)
        summary = _predict_locally(file, out, result_format, options)
    else:
        with server.connect() as emojify:
            submitted = batch_id or _submit(emojify, file, layout, yes=yes)
            if detach:
                show({"id": submitted}, submitted, as_json=as_json)
                return
            summary = _fetch(emojify, submitted, out, result_format, cancel=file is not None)
    if as_json and out != STDOUT:
        show_json(summary | {"file": click.format_filename(out)})
    else:
        show_summary(summary, out)


def _target(
    file: Path | None, batch_id: str | None, out: Path | None, result_format: str | None
) -> tuple[str, Path]:
    """Return the results' format and file."""
    source = file.name.removesuffix(".gz") if file else f"{batch_id}.csv"
    suffix = out.suffix.lstrip(".") if out else ""
    if suffix not in {"csv", "jsonl"}:
        suffix = "jsonl" if source.endswith(".jsonl") else "csv"
    chosen = result_format or suffix
    stem = source.rpartition(".")[0] or source
    return chosen, out or (file.parent if file else Path()) / f"{stem}.emojified.{chosen}"


def _look(
    file: Path | None, layout: dict[str, Any], server: Server, *, local: bool
) -> dict[str, Any]:
    if file is None:
        raise click.UsageError("--preview shows how a FILE would be read. Leave out --id.")
    if local:
        return look_locally(file, layout)
    with server.connect() as emojify:
        return emojify.preview(file, **as_fields(layout))


def _submit(emojify: "Emojify", file: Path | None, layout: dict[str, Any], *, yes: bool) -> str:
    assert file is not None  # noqa: S101  (for the type checker)
    try:
        reading = emojify.preview(file, **as_fields(layout))
    except ServerRefusedError as e:
        if e.field != "preview":
            raise
    else:  # an earlier release knows no preview and takes its own guess
        layout |= settle(reading, yes=yes)
    given = as_fields(layout)
    with show_progress("Sending") as progress:
        batch = emojify.submit(file, progress=progress.show_bytes, **given)
    click.echo(f"Batch {batch.id}, texts in column {batch.column!r}.", err=True)
    return batch.id


def _fetch(
    emojify: "Emojify", batch_id: str, out: Path, result_format: str, *, cancel: bool
) -> dict[str, Any]:
    try:
        with show_progress("Answering") as progress:
            batch = emojify.wait(batch_id, lambda now: _show(progress, now))
            progress.show(batch.done, batch.rows)
    except KeyboardInterrupt:
        if cancel:
            with suppress(EmojifyError):
                emojify.cancel(batch_id)
                click.echo("Cancelled.", err=True)
        raise
    if out == STDOUT:
        emojify.download(batch_id, sys.stdout.buffer, result_format)
    else:
        with show_progress("Fetching") as progress:
            emojify.download(batch_id, out, result_format, progress.show_bytes)
    return emojify.summary(batch_id)


def _show(progress: "Progress", batch: Any) -> None:
    total = batch.rows if batch.rows_known else None
    progress.show(batch.done, total, batch.rate, batch.eta_seconds)


def _predict_locally(
    file: Path, out: Path, result_format: str, options: LayoutOptions
) -> dict[str, Any]:
    from emojify_core.commands.terminal.local_model import LocalModel  # noqa: PLC0415 - numpy

    model = LocalModel()

    def predict(target: BinaryIO) -> dict[str, Any]:
        with show_progress("Answering") as progress:
            return model.batch(file, target, result_format, options, progress.show)

    if out == STDOUT:
        return predict(sys.stdout.buffer)
    part = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as target:
            summary = predict(target)
        part.replace(out)
    except OSError as e:
        raise DataError(f"Cannot read {file} or cannot write {out}: {e.strerror}.") from e
    finally:
        part.unlink(missing_ok=True)
    return summary
