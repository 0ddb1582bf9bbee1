"""`emojify models`: the versions of the model, and rolling back to one."""

from typing import TYPE_CHECKING

import click

from emojify_core.commands.terminal.output import json_option, show, show_list
from emojify_core.commands.terminal.server_options import Server, server_options

if TYPE_CHECKING:
    from emojify_core.client.records import ModelVersion


@click.group(epilog="Example: emojify models list")
def models() -> None:
    """List the model's versions, show one, or roll back to one."""


@models.command("list", epilog="Example: emojify models list --json")
@json_option
@server_options
def list_(*, server: Server, as_json: bool) -> None:
    """List the model's versions, newest first."""
    with server.connect() as emojify:
        found = emojify.models()
    serving = list(found.workers.values())
    show_list(
        found.versions,
        ("Version", "State", "Workers", "Cause", "Made", "Model"),
        lambda one: (one.version, one.state, serving.count(one.version), *_origin(one)),
        as_json=as_json,
    )


@models.command("show", epilog="Example: emojify models show 3")
@click.argument("version", type=click.IntRange(1))
@json_option
@server_options
def show_(version: int, *, server: Server, as_json: bool) -> None:
    """Show one version."""
    with server.connect() as emojify:
        _show(emojify.model(version), as_json=as_json)


@models.command(epilog="Example: emojify models activate 3 --why 'worse on our tickets'")
@click.argument("version", type=click.IntRange(1))
@click.option("--why", default="", help="A reason, stored with the new version.")
@click.option("--requeue", is_flag=True, help="Learn later corrections again.")
@json_option
@server_options
def activate(version: int, why: str, *, server: Server, requeue: bool, as_json: bool) -> None:
    """Roll back to a version: publish its files as a new version."""
    with server.administer() as administration:
        _show(administration.activate(version, why, requeue=requeue), as_json=as_json)


@models.command(epilog="Example: emojify models rebuild")
@json_option
@server_options
def rebuild(*, server: Server, as_json: bool) -> None:
    """Rebuild the model without deleted corrections now, not in the next hour."""
    with server.administer() as administration:
        erased = administration.rebuild()
    sentence = f"The model is being rebuilt without {erased:,} deleted corrections."
    show(
        {"erased": erased}, sentence if erased else "There is nothing to rebuild.", as_json=as_json
    )


def _show(version: "ModelVersion", *, as_json: bool) -> None:
    cause, made, model = _origin(version)
    sentence = f"Version {version.version}, {version.state}: {cause}, made {made}, model {model}."
    show(version, sentence, as_json=as_json)


def _origin(version: "ModelVersion") -> tuple[str, str, str]:
    return str(version.cause["kind"]), version.created_at[:19], version.sha256[:12]
