"""`emojify models`: the versions of the model, and going back to one."""

from typing import TYPE_CHECKING

import click

from emojify_core.commands.terminal.server_options import (
    Server,
    asks_a_server,
    json_option,
    show_json,
    show_table,
)

if TYPE_CHECKING:
    from emojify_core.client.records import ModelVersion


@click.group(epilog="Example: emojify models list")
def models() -> None:
    """List the versions of the model, show one, and go back to one."""


@models.command("list", epilog="Example: emojify models list --json")
@json_option
@asks_a_server
def list_(*, server: Server, as_json: bool) -> None:
    """List the versions, newest first."""
    with server.connect() as emojify:
        found = emojify.models()
    if as_json:
        for each in found.versions:
            show_json(each)
        return
    serving = list(found.workers.values())
    rows = (
        (each.version, each.state, serving.count(each.version), *_about(each))
        for each in found.versions
    )
    show_table(("Version", "State", "Workers", "Cause", "Made", "Model"), rows)


@models.command(epilog="Example: emojify models show 3")
@click.argument("version", type=click.IntRange(1))
@json_option
@asks_a_server
def show(version: int, *, server: Server, as_json: bool) -> None:
    """Show one version."""
    with server.connect() as emojify:
        found = emojify.model(version)
    _tell(found, as_json=as_json)


@models.command(epilog="Example: emojify models activate 3 --why 'worse on our tickets'")
@click.argument("version", type=click.IntRange(1))
@click.option("--why", default="", help="Kept with the new version.")
@click.option("--requeue", is_flag=True, help="Learn anew what that version does not hold.")
@json_option
@asks_a_server
def activate(version: int, why: str, *, server: Server, requeue: bool, as_json: bool) -> None:
    """Put a version into service again, as a new version with its files."""
    from emojify_core.client.administration import Administration  # noqa: PLC0415 - httpx

    with server.connect() as emojify:
        now = Administration(emojify.connection).activate(version, why, requeue=requeue)
    _tell(now, as_json=as_json)


def _tell(version: "ModelVersion", *, as_json: bool) -> None:
    if as_json:
        show_json(version)
        return
    cause, made, model = _about(version)
    click.echo(f"Version {version.version}, {version.state}: {cause}, made {made}, model {model}.")


def _about(version: "ModelVersion") -> tuple[str, str, str]:
    return str(version.cause["kind"]), version.created_at[:19], version.sha256[:12]
