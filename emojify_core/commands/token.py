"""`emojify token`: what the administrator's calls are made with."""

import click

from emojify_core.commands.terminal.server_options import json_option, show_json
from emojify_core.settings import Settings


@click.command(epilog='Example: curl -X DELETE -H "Authorization: Bearer $(emojify token)" URL')
@json_option
def token(*, as_json: bool) -> None:
    """Print the administrator's token of the installation in EMOJIFY_HOME."""
    settings = Settings.from_env()
    found = settings.secret("admin_token", settings.admin_token)
    show_json({"token": found}) if as_json else click.echo(found)
