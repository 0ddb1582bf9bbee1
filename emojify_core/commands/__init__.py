"""The `emojify` command. Each subcommand lives in a module that is imported when it is called."""

import click

from emojify_core.commands.lazy import LazyGroup

COMMANDS = {
    "data": "emojify_core.commands.data:data",
    "evaluate": "emojify_core.commands.evaluate:evaluate",
    "migrate": "emojify_core.commands.migrate:migrate",
    "token": "emojify_core.commands.token:token",
    "train": "emojify_core.commands.train:train",
}


@click.group(
    name="emojify",
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: emojify data fetch",
)
@click.version_option(package_name="emojify")
def main() -> None:
    """Text in, one of seven emotions and its emoji out.

    Settings are read from EMOJIFY_* environment variables.
    """
