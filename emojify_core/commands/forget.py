"""`emojify forget`: remove all that a client made."""

import click

from emojify_core.commands.terminal.output import json_option, show
from emojify_core.commands.terminal.server_options import Server, server_options


@click.command(epilog="Example: emojify forget cookie:3fHq0mA9Z2w --why 'a letter of May 4'")
@click.argument("client", metavar="CLIENT")
@click.option("--why", default="", help="A reason, stored with the erased corrections.")
@json_option
@server_options
def forget(client: str, why: str, *, server: Server, as_json: bool) -> None:
    """Delete all that CLIENT made: corrections, files with results, sign-ins, idempotency keys.

    `emojify corrections list --json` and the export name the client of each correction. The
    command works while the server runs, and may be repeated.
    """
    with server.administer() as administration:
        gone = administration.forget(client, why)
    parts = [f"{gone[name]:,} {name.replace('_', '-')}" for name in _COUNTED]
    rebuilt = " The model is being rebuilt without them." if gone["rebuild"] else ""
    show(gone, f"Deleted of {client}: {', '.join(parts)}.{rebuilt}", as_json=as_json)


_COUNTED = ("corrections", "batches", "sign_ins")
