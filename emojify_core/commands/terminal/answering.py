"""Sends files to a server and fetches their results, or answers them on this machine."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.batches.results.table import ResultFormat
from emojify_core.commands.terminal.batch_plan import PIPE, Work
from emojify_core.commands.terminal.layout_options import as_fields
from emojify_core.commands.terminal.progress import show_progress
from emojify_core.commands.terminal.reading import look_locally, settle
from emojify_core.commands.terminal.server_options import Server
from emojify_core.errors import DataError, ServerRefusedError

if TYPE_CHECKING:
    from emojify_core.client import Emojify
    from emojify_core.commands.terminal.progress import Progress


class Answering:
    """How files are answered: the server or this machine, and the options that describe them."""

    def __init__(self, server: Server, layout: dict[str, Any], *, yes: bool, local: bool) -> None:
        self._server, self._layout, self._yes, self._local = server, layout, yes, local

    def look(self, work: Work) -> dict[str, Any]:
        """Return how a file would be read."""
        if self._local:
            return look_locally(work.source, self._layout, work.name)
        with self._server.connect() as emojify:
            return emojify.preview(work.source, name=work.name, **as_fields(self._layout))

    def submit(self, work: Work) -> str:
        """Send a file; return the batch's id."""
        with self._server.connect() as emojify:
            return self._submit(emojify, work)

    def answer(self, work: Work) -> dict[str, Any]:
        """Write the results of a file; return its summary."""
        if self._local:
            return self._predict_locally(work)
        with self._server.connect() as emojify:
            return _fetch(emojify, self._submit(emojify, work), work.out, work.result_format)

    def fetch(self, batch_id: str, out: Path, result_format: ResultFormat) -> dict[str, Any]:
        """Wait for an earlier batch and write its results; return its summary."""
        with self._server.connect() as emojify:
            return _fetch(emojify, batch_id, out, result_format)

    def cancel(self, batch_id: str) -> str:
        """End a batch; return its state."""
        with self._server.connect() as emojify:
            return str(emojify.cancel(batch_id).state)

    def _submit(self, emojify: "Emojify", work: Work) -> str:
        given = {"name": work.name, **as_fields(self._layout)}
        try:
            reading = emojify.preview(work.source, **given)
        except ServerRefusedError as e:
            if e.field != "preview":
                raise
        else:  # an earlier release knows no preview and takes its own guess
            given |= as_fields(settle(reading, yes=self._yes))
        with show_progress("Sending") as progress:
            batch = emojify.submit(work.source, progress=progress.show_bytes, **given)
        click.echo(f"Batch {batch.id}, texts in column {batch.column!r}.", err=True)
        return batch.id

    def _predict_locally(self, work: Work) -> dict[str, Any]:
        from emojify_core.commands.terminal.local_model import LocalModel  # noqa: PLC0415 - numpy

        settled = self._layout | settle(
            look_locally(work.source, self._layout, work.name), yes=self._yes
        )
        options = LayoutOptions(name=work.name, **settled)
        model, out = LocalModel(), work.out

        def predict(target: BinaryIO) -> dict[str, Any]:
            with show_progress("Answering") as progress:
                return model.batch(work.source, target, work.result_format, options, progress.show)

        if out == PIPE:
            return predict(sys.stdout.buffer)
        part = out.with_name(f".{out.name}.part")
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                summary = predict(file)
            part.replace(out)
        except OSError as e:
            raise DataError(
                f"Cannot read {work.source} or cannot write {out}: {e.strerror}."
            ) from e
        finally:
            part.unlink(missing_ok=True)
        return summary


def _fetch(
    emojify: "Emojify", batch_id: str, out: Path, result_format: ResultFormat
) -> dict[str, Any]:
    try:
        with show_progress("Answering") as progress:
            batch = emojify.wait(batch_id, lambda now: _show(progress, now))
            progress.show(batch.done, batch.rows)
        if out == PIPE:
            emojify.download(batch_id, sys.stdout.buffer, result_format)
        else:
            with show_progress("Fetching") as progress:
                emojify.download(batch_id, out, result_format, progress.show_bytes)
    except KeyboardInterrupt:
        click.echo(
            f"The batch goes on. Fetch it with `emojify batch --id {batch_id}`, or end it with "
            f"`emojify batch --id {batch_id} --cancel`.",
            err=True,
        )
        raise
    return emojify.summary(batch_id)


def _show(progress: "Progress", batch: Any) -> None:
    total = batch.rows if batch.rows_known else None
    progress.show(batch.done, total, batch.rate, batch.eta_seconds)
