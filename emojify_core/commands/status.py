"""`emojify status`: how a server is."""

import click

from emojify_core.commands.terminal.server_options import (
    Server,
    asks_a_server,
    json_option,
    show_json,
)


@click.command(epilog="Example: emojify status --url https://emojify.example")
@json_option
@asks_a_server
def status(*, server: Server, as_json: bool) -> None:
    """Say whether a server answers, what waits in its queues and which worker serves what.

    The exit code is 1 if predictions cannot be answered, 3 if nobody answers at all.
    """
    from emojify_core.client.administration import Administration  # noqa: PLC0415 - httpx

    with server.connect() as emojify:
        found = Administration(emojify.connection).status()
    if as_json:
        show_json(found)
    else:
        ready = "ready" if found["ready"] else "not ready"
        click.echo(f"{found['server']}: {ready}, live version {found['live']}")
        for name, messages in found["queues"].items():
            click.echo(f"queue {name:<8} {messages:>6,} waiting")
        for worker in found["workers"]:
            click.echo(f"worker {worker['name']}  version {worker['model_version']}")
    if not found["ready"]:
        raise SystemExit(1)
