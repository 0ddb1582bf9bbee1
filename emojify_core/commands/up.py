"""`emojify up`: the whole system on this machine."""

import os
import sys
from pathlib import Path

import click

from emojify_core.errors import SettingsError


@click.command(epilog="Example: EMOJIFY_PORT=8000 emojify up")
def up() -> None:
    """Start the whole system on this machine, like `make run`.

    That is the page, the API, the workers, Redis and Flower. Ctrl-C stops everything.
    """
    root = Path(__file__).parents[2]
    if not (root / "deploy" / "local" / "__main__.py").is_file():
        raise SettingsError(
            "The installed package does not contain the local stack. "
            "Run this from a checkout of the repository, or use the containers."
        )
    path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "deploy.local"]
    os.execve(sys.executable, command, os.environ | {"PYTHONPATH": path})  # noqa: S606
