"""`emojify corrections review`: decide on what waits, one by one or many at once."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from emojify_core.commands.terminal.output import json_option, show_json, show_list
from emojify_core.commands.terminal.server_options import Server, server_options

if TYPE_CHECKING:
    from emojify_core.client.administration import Administration
    from emojify_core.client.review import DecisionOutcome, WaitingCorrection

_EXCERPT = 80  # characters of a text in the table
_KEYS = {"y": "accept", "n": "reject"}


@click.command(epilog="Example: emojify corrections review --reject --network 3f2a9c...")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--accept", "decision", flag_value="accept", help="Accept the given corrections.")
@click.option("--reject", "decision", flag_value="reject", help="Reject the given corrections.")
@click.option("--client", help="Only this client's; with --accept or --reject, all of them.")
@click.option("--network", help="Only those from this address; likewise.")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="List so many."
)
@click.option("--why", default="", help="A reason, stored with the decision.")
@json_option
@server_options
def review(  # noqa: PLR0913 - one parameter for each option
    *,
    ids: Sequence[str],
    decision: str | None,
    client: str | None,
    network: str | None,
    limit: int,
    why: str,
    server: Server,
    as_json: bool,
) -> None:
    """List what waits for review, oldest first, or decide on it.

    On a terminal it asks about each: y accepts, n rejects, s skips, q ends. With --accept or
    --reject it decides the IDs, or all of a client or an address; the exit code is 1 if any could
    not be decided.
    """
    _check(ids, decision, client, network)
    with server.administer() as administration:
        if decision and ids:
            _show(administration.decide_many(ids, decision, why), as_json=as_json)
        elif decision:
            outcomes = administration.decide_all(decision, client=client, network=network, why=why)
            _show(outcomes, as_json=as_json)
        else:
            waiting = administration.review(limit, client=client, network=network)
            if as_json or not _is_terminal():
                _list(waiting, as_json=as_json)
            else:
                _ask(administration, waiting, why)


def _check(
    ids: Sequence[str], decision: str | None, client: str | None, network: str | None
) -> None:
    """Raise UsageError for options that do not say what to decide."""
    chosen = sum(map(bool, (ids, client, network)))
    if decision and chosen != 1:
        raise click.UsageError("Say what to decide: IDs, or --client, or --network.")
    if ids and not decision:
        raise click.UsageError("Say what to do with the IDs: --accept or --reject.")
    if client and network:
        raise click.UsageError("Choose a --client or a --network, not both.")


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _list(waiting: "Sequence[WaitingCorrection]", *, as_json: bool) -> None:
    show_list(
        waiting,
        ("Id", "Label", "The model says", "Same", "Other", "From", "Text"),
        lambda one: (
            one.id,
            one.label,
            one.predicted or "-",
            one.voices["same"],
            one.voices["other"],
            one.network or one.client,
            one.text[:_EXCERPT],
        ),
        as_json=as_json,
    )


def _ask(
    administration: "Administration", waiting: "Sequence[WaitingCorrection]", why: str
) -> None:
    """Ask about each correction until the person ends."""
    if not waiting:
        click.echo("Nothing waits for review.")
    for number, one in enumerate(waiting, 1):
        same, other = one.voices["same"] - 1, one.voices["other"]
        click.echo(f"\n{number} of {len(waiting)}, from {one.network or one.client}")
        click.echo(repr(one.text))  # escaped: a text must not move the cursor
        click.echo(f"The model says {one.predicted or 'nothing now'}; the person says {one.label}.")
        click.echo(f"Others: {same} say so, {other} say otherwise.")
        click.echo("Accept? [y]es, [n]o, [s]kip, [q]uit ", nl=False)
        key = click.getchar().lower()
        while key not in {*_KEYS, "s", "q"}:
            key = click.getchar().lower()
        click.echo(key)
        if key == "q":
            return
        if key in _KEYS:
            _tell(administration.decide_many([one.id], _KEYS[key], why))


def _show(outcomes: "Sequence[DecisionOutcome]", *, as_json: bool) -> None:
    if as_json:
        for each in outcomes:
            show_json(each)
    else:
        _tell(outcomes)
    if any(each.error for each in outcomes):
        raise SystemExit(1)


def _tell(outcomes: "Sequence[DecisionOutcome]") -> None:
    for each in outcomes:
        if each.error:
            click.echo(f"{each.id}  {each.error}", err=True)
        else:
            click.echo(f"{each.id}  {each.state}")
