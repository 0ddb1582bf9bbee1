"""`emojify status`: the state of a server."""

import click

from emojify_core.commands.terminal.output import json_option, show
from emojify_core.commands.terminal.server_options import Server, server_options


@click.command(epilog="Example: emojify status --url https://emojify.example")
@json_option
@server_options
def status(*, server: Server, as_json: bool) -> None:
    """Show whether a server is ready, its queues and its workers.

    The exit code is 1 if the server cannot predict, 3 if it does not answer at all.
    """
    with server.administer() as administration:
        found = administration.status()
    ready = "ready" if found["ready"] else "not ready"
    lines = (
        f"{found['server']}: {ready}, live version {found['live']}",
        *(f"queue {name:<8} {size:>6,} waiting" for name, size in found["queues"].items()),
        *(f"worker {each['name']}  version {each['model_version']}" for each in found["workers"]),
    )
    show(found, "\n".join(lines), as_json=as_json)
    if not found["ready"]:
        raise SystemExit(1)
