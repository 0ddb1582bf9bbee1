"""`emojify migrate`: prepare the database for this release."""

import click

from emojify_core.commands.terminal.server_options import json_option, show_json
from emojify_core.settings import Settings


@click.command(epilog="Example: EMOJIFY_DATABASE_URL=postgresql://... emojify migrate")
@json_option
def migrate(*, as_json: bool) -> None:
    """Create the database's tables, or do the steps that they lack.

    Every process does so at its start; as a step of its own it can have rights the others lack.
    """
    from emojify_core.storage.factory import open_storage, prepare_storage  # noqa: PLC0415

    prepare_storage(open_storage(Settings.from_env()))
    show_json({"ready": True}) if as_json else click.echo("The database is ready.")
