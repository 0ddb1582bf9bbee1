"""The `emojify` command. Each subcommand's module is imported when it is called."""

import click

from emojify_core.commands.terminal.lazy_group import LazyGroup

COMMANDS = {
    "batch": "emojify_core.commands.batch:batch",
    "correct": "emojify_core.commands.correct:correct",
    "corrections": "emojify_core.commands.corrections:corrections",
    "data": "emojify_core.commands.data:data",
    "evaluate": "emojify_core.commands.evaluate:evaluate",
    "forget": "emojify_core.commands.forget:forget",
    "migrate": "emojify_core.commands.migrate:migrate",
    "models": "emojify_core.commands.models:models",
    "predict": "emojify_core.commands.predict:predict",
    "status": "emojify_core.commands.status:status",
    "token": "emojify_core.commands.token:token",
    "train": "emojify_core.commands.train:train",
    "up": "emojify_core.commands.up:up",
}


@click.group(
    name="emojify",
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Example: emojify predict "I passed the exam!"',
)
@click.version_option(package_name="emojify")
def main() -> None:
    """Find which of seven emotions a text expresses, and the emoji for it.

    EMOJIFY_* environment variables configure all commands.
    """
