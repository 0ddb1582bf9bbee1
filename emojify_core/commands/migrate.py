"""`emojify migrate`: bring the database to this release's schema."""

import click

from emojify_core.commands.terminal.output import json_option, show
from emojify_core.settings import Settings


@click.command(epilog="Example: EMOJIFY_DATABASE_URL=postgresql://... emojify migrate")
@json_option
def migrate(*, as_json: bool) -> None:
    """Create the database's tables or migrate them.

    Every process does this when it starts. Run it separately if only this command may change
    tables.
    """
    from emojify_core.storage.factory import open_storage, prepare_storage  # noqa: PLC0415

    prepare_storage(open_storage(Settings.from_env()))
    show({"ready": True}, "The database is ready.", as_json=as_json)
