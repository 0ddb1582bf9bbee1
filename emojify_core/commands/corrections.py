"""`emojify corrections`: list corrections and decide on them."""

from typing import TYPE_CHECKING, BinaryIO

import click

from emojify_core.commands.review import review
from emojify_core.commands.terminal.output import json_option, show, show_list
from emojify_core.commands.terminal.server_options import Server, server_options
from emojify_core.correction_states import CorrectionState

if TYPE_CHECKING:
    from emojify_core.client.records import Correction

_EXCERPT = 80  # characters of a text in the table

why_option = click.option("--why", default="", help="A reason, stored with the decision.")


@click.group(epilog="Example: emojify corrections list --state review")
def corrections() -> None:
    """List, review, export, accept, reject and undo corrections.

    The owner of the server may run these on its machine. Elsewhere, pass the administrator's
    token as --key.
    """


@corrections.command("list", epilog="Example: emojify corrections list --state live --limit 10")
@click.option(
    "--state",
    type=click.Choice([state.value for state in CorrectionState]),
    help="Only corrections in this state.",
)
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="At most this many."
)
@json_option
@server_options
def list_(state: str | None, limit: int, *, server: Server, as_json: bool) -> None:
    """List corrections, newest first."""
    with server.administer() as administration:
        found = administration.corrections(state, limit)
    show_list(
        found,
        ("Id", "State", "Label", "Text"),
        lambda one: (one.id, one.state.value, one.label, one.text[:_EXCERPT]),
        as_json=as_json,
    )


@corrections.command(epilog="Example: emojify corrections export -o corrections.csv --format csv")
@click.option(
    "-o",
    "--out",
    type=click.File("wb", atomic=True),
    default="-",
    help="The file to write; - is standard output.",
)
@click.option(
    "--format",
    "result_format",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="The file's format.",
)
@server_options
def export(out: BinaryIO, result_format: str, server: Server) -> None:
    """Write all corrections to a file, oldest first."""
    with server.administer() as administration:
        administration.export(out, result_format)


@corrections.command(epilog="Example: emojify corrections accept ID --why 'checked by two'")
@click.argument("correction_id", metavar="ID")
@why_option
@json_option
@server_options
def accept(correction_id: str, why: str, *, server: Server, as_json: bool) -> None:
    """Accept a correction under review, or retry a failed one."""
    with server.administer() as administration:
        _show(administration.decide(correction_id, "accept", why), as_json=as_json)


@corrections.command(epilog="Example: emojify corrections reject ID --why 'a joke'")
@click.argument("correction_id", metavar="ID")
@why_option
@json_option
@server_options
def reject(correction_id: str, why: str, *, server: Server, as_json: bool) -> None:
    """Reject a correction under review."""
    with server.administer() as administration:
        _show(administration.decide(correction_id, "reject", why), as_json=as_json)


@corrections.command(epilog="Example: emojify corrections undo ID --why 'its author asked for it'")
@click.argument("correction_id", metavar="ID")
@why_option
@json_option
@server_options
def undo(correction_id: str, why: str, *, server: Server, as_json: bool) -> None:
    """Delete a correction's text at once; the model is rebuilt without it."""
    with server.administer() as administration:
        _show(administration.undo(correction_id, why), as_json=as_json)


corrections.add_command(review)


def _show(correction: "Correction", *, as_json: bool) -> None:
    show(correction, f"{correction.id}  {correction.state.value}", as_json=as_json)
