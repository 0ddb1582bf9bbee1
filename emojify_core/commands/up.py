"""`emojify up`: everything on this machine."""

import os
import sys
from pathlib import Path

import click

from emojify_core.errors import SettingsError


@click.command(epilog="Example: EMOJIFY_PORT=8000 emojify up")
def up() -> None:
    """Start page, API, workers, Redis and Flower on this machine, as `make run` does.

    Ctrl-C stops all of it.
    """
    root = Path(__file__).parents[2]
    if not (root / "deploy" / "local" / "__main__.py").is_file():
        raise SettingsError(
            "What starts the stack is part of the repository, not of the installed package. "
            "Run this from a checkout, or use the containers."
        )
    path = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "deploy.local"]
    os.execve(sys.executable, command, os.environ | {"PYTHONPATH": path})  # noqa: S606
