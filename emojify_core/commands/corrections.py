"""`emojify corrections`: look at corrections and decide about them."""

from typing import TYPE_CHECKING, BinaryIO, TypeVar

import click

from emojify_core.commands.terminal.server_options import (
    Server,
    asks_a_server,
    json_option,
    show_json,
    show_table,
)
from emojify_core.correction_states import CorrectionState

if TYPE_CHECKING:
    from collections.abc import Callable

    from emojify_core.client.administration import Administration
    from emojify_core.client.records import Correction

T = TypeVar("T")

_why = click.option("--why", default="", help="Kept with the decision.")


@click.group(epilog="Example: emojify corrections list --state review")
def corrections() -> None:
    """List, export, accept, reject and undo corrections.

    On the machine of the server its owner may do all of this; elsewhere --key must be the
    administrator's token.
    """


@corrections.command("list", epilog="Example: emojify corrections list --state live --limit 10")
@click.option("--state", type=click.Choice([state.value for state in CorrectionState]))
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@json_option
@asks_a_server
def list_(state: str | None, limit: int, *, server: Server, as_json: bool) -> None:
    """List corrections, newest first."""
    found = _with(server, lambda ask: ask.corrections(state, limit))
    if as_json:
        for each in found:
            show_json(each)
        return
    rows = ((each.id, each.state.value, each.label, each.text[:80]) for each in found)
    show_table(("Id", "State", "Label", "Text"), rows)


@corrections.command(epilog="Example: emojify corrections export -o corrections.csv --format csv")
@click.option("-o", "--out", type=click.File("wb", atomic=True), default="-")
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv"]), default="jsonl")
@asks_a_server
def export(out: BinaryIO, kind: str, server: Server) -> None:
    """Write all corrections to a file, oldest first."""
    _with(server, lambda ask: ask.export(out, kind))


@corrections.command(epilog="Example: emojify corrections accept ID --why 'checked by two'")
@click.argument("correction_id", metavar="ID")
@_why
@json_option
@asks_a_server
def accept(correction_id: str, why: str, *, server: Server, as_json: bool) -> None:
    """Accept a correction that waits for review, or give one another try."""
    _tell(_with(server, lambda ask: ask.decide(correction_id, "accept", why)), as_json=as_json)


@corrections.command(epilog="Example: emojify corrections reject ID --why 'a joke'")
@click.argument("correction_id", metavar="ID")
@_why
@json_option
@asks_a_server
def reject(correction_id: str, why: str, *, server: Server, as_json: bool) -> None:
    """Reject a correction that waits for review."""
    _tell(_with(server, lambda ask: ask.decide(correction_id, "reject", why)), as_json=as_json)


@corrections.command(epilog="Example: emojify corrections undo ID --why 'its author asked for it'")
@click.argument("correction_id", metavar="ID")
@_why
@json_option
@asks_a_server
def undo(correction_id: str, why: str, *, server: Server, as_json: bool) -> None:
    """Erase a correction's text at once; the model is rebuilt without it."""
    _tell(_with(server, lambda ask: ask.undo(correction_id, why)), as_json=as_json)


def _with(server: Server, ask: "Callable[[Administration], T]") -> "T":
    from emojify_core.client.administration import Administration  # noqa: PLC0415 - httpx

    with server.connect() as emojify:
        return ask(Administration(emojify.connection))


def _tell(correction: "Correction", *, as_json: bool) -> None:
    if as_json:
        show_json(correction)
    else:
        click.echo(f"{correction.id}  {correction.state.value}")
