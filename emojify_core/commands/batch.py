"""`emojify batch`: predict every row of files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from emojify_core.batches.results.table import ResultFormat
from emojify_core.commands.terminal.answering import Answering
from emojify_core.commands.terminal.batch_plan import (
    PIPE,
    Work,
    plan,
    readable,
    require_room,
    target,
)
from emojify_core.commands.terminal.layout_options import layout_options
from emojify_core.commands.terminal.output import json_option, show, show_json
from emojify_core.commands.terminal.progress import show_summary, warn_of_failures
from emojify_core.commands.terminal.reading import show_reading
from emojify_core.commands.terminal.server_options import Server, server_options
from emojify_core.errors import EmojifyError


@click.command(
    epilog="""\b
Examples:
  emojify batch survey.csv                       writes survey.emojified.csv
  emojify batch survey.csv -o survey.xlsx        a workbook with a summary and a chart
  emojify batch 'exports/*.csv' -o results/      several files
  cat chat.jsonl.gz | emojify batch - --column message | head
  emojify batch tickets.csv --detach             prints an id, and later
  emojify batch --id ID -o tickets.emojified.csv
  emojify batch survey.csv --local               needs no server
"""
)
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="The file or folder to write; - is standard output. [default: beside FILE]",
)
@click.option(
    "--format",
    "result_format",
    type=click.Choice([each.value for each in ResultFormat]),
    help="The format of the results. [default: by the name of --out, or that of FILE]",
)
@layout_options
@click.option("--preview", is_flag=True, help="Only show how FILE would be read.")
@click.option("--yes", is_flag=True, help="Take the guess where the reading is unsure.")
@click.option("--force", is_flag=True, help="Overwrite results that exist already.")
@click.option("--detach", is_flag=True, help="Do not wait: print the batch's id.")
@click.option("--id", "batch_id", help="Wait for an earlier batch and fetch its results.")
@click.option("--cancel", is_flag=True, help="End the batch of --id and delete what is kept of it.")
@click.option("--local", is_flag=True, help="Use the shipped model on this machine, no server.")
@json_option
@server_options
@click.pass_context
def batch(  # noqa: PLR0913  (options of a command)
    context: click.Context,
    /,
    *,
    files: tuple[str, ...],
    out: Path | None,
    result_format: str | None,
    layout: dict[str, Any],
    preview: bool,
    yes: bool,
    force: bool,
    batch_id: str | None,
    cancel: bool,
    server: Server,
    detach: bool,
    local: bool,
    as_json: bool,
) -> None:
    """Predict every row of each FILE; write the rows with their results.

    The order stays. FILE is CSV, TSV, Excel, OpenDocument, JSON or plain text, also compressed;
    - is standard input. A row that cannot be answered has its own error; the exit code is 1 if no
    row could be answered. After Ctrl-C a batch goes on, and --id fetches it. Without a key, only
    the same user on the same machine can fetch a batch later.
    """
    if bool(files) == (batch_id is not None):
        raise click.UsageError("Give a FILE to send, or --id of an earlier batch.")
    if batch_id and (local or preview or detach):
        raise click.UsageError("--id fetches a batch. Leave out --local, --preview and --detach.")
    if local and detach:
        raise click.UsageError("--local answers a FILE at once. Leave out --detach.")
    if cancel and not batch_id:
        raise click.UsageError("--cancel ends the batch of --id.")
    answering = Answering(server, layout, yes=yes, local=local)
    if cancel:
        state = answering.cancel(batch_id or "")
        show({"id": batch_id, "state": state}, f"It is {state}.", as_json=as_json)
    elif batch_id:
        place, chosen = target(f"{batch_id}.csv", out, result_format, Path())
        require_room(place, force=force)
        is_good = _report(answering.fetch(batch_id, place, chosen), place, as_json=as_json)
        context.exit(int(not is_good))
    else:
        # Nothing is written by a look, and the results of --detach are fetched later.
        works = plan(files, out, result_format, force=force or preview or detach)
        do = _preview if preview else _detach if detach else _answer
        outcomes = [_attempt(do, answering, work, as_json, alone=len(works) == 1) for work in works]
        context.exit(int(not all(outcomes)))


Step = Callable[[Answering, Work, bool], bool]


def _attempt(do: Step, answering: Answering, work: Work, as_json: bool, *, alone: bool) -> bool:  # noqa: FBT001
    """Do one of the files; an error of one of several does not end the others."""
    try:
        with readable(work) as ready:
            return do(answering, ready, as_json)
    except EmojifyError as e:
        if alone:
            raise
        click.echo(f"Error: {work.source}: {e}", err=True)
        return False


def _preview(answering: Answering, work: Work, as_json: bool) -> bool:  # noqa: FBT001
    found = answering.look(work)
    show_json(found) if as_json else show_reading(found)
    return True


def _detach(answering: Answering, work: Work, as_json: bool) -> bool:  # noqa: FBT001
    batch_id = answering.submit(work)
    show({"id": batch_id}, batch_id, as_json=as_json)
    return True


def _answer(answering: Answering, work: Work, as_json: bool) -> bool:  # noqa: FBT001
    return _report(answering.answer(work), work.out, as_json=as_json)


def _report(summary: dict[str, Any], place: Path, *, as_json: bool) -> bool:
    """Print the summary; return whether any row has an answer."""
    if as_json and place != PIPE:
        show_json(summary | {"file": click.format_filename(place)})
    else:
        show_summary(summary, place)
    return warn_of_failures(summary)
