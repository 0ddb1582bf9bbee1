"""`emojify token`: what the administrator's calls are made with."""

import click

from emojify_core.settings import Settings


@click.command(epilog='Example: curl -X DELETE -H "Authorization: Bearer $(emojify token)" URL')
def token() -> None:
    """Print the administrator's token of the installation in EMOJIFY_HOME."""
    settings = Settings.from_env()
    click.echo(settings.secret("admin_token", settings.admin_token))
