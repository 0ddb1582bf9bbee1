"""`emojify token`: the administrator's token of the local installation."""

import click

from emojify_core.commands.terminal.output import json_option, show
from emojify_core.settings import Settings


@click.command(epilog='Example: curl -X DELETE -H "Authorization: Bearer $(emojify token)" URL')
@json_option
def token(*, as_json: bool) -> None:
    """Print the local installation's administrator token.

    EMOJIFY_HOME selects the installation.
    """
    settings = Settings.from_env()
    secret = settings.secret("admin_token", settings.admin_token)
    show({"token": secret}, secret, as_json=as_json)
