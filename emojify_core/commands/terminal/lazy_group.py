"""A click group that imports commands when they are called and prints errors in one line."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from emojify_core.errors import EmojifyError, ServerUnavailableError

_OWN_PACKAGES = {"emojify_core", "web", "worker", "deploy"}


class _Unavailable(click.ClickException):
    exit_code = 3


class LazyGroup(click.Group):
    """Maps command names to "module:attribute"; the modules must be quick to import.

    An EmojifyError prints its message and ends with exit code 1, or 3 if a server does not answer.
    So does a missing package, because each part of the system installs its own dependencies.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = dict(lazy)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all command names in alphabetical order, without importing commands."""
        return sorted({*super().list_commands(ctx), *self._lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, importing its module if necessary."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self._lazy[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn expected errors into one line."""
        try:
            return super().invoke(ctx)
        except EmojifyError as e:
            kind = _Unavailable if isinstance(e, ServerUnavailableError) else click.ClickException
            raise kind(str(e)) from e
        except ModuleNotFoundError as e:
            package = (e.name or "").partition(".")[0]
            if package in _OWN_PACKAGES:
                raise
            raise click.ClickException(
                f"This command needs the package {package}, which is not installed. "
                "Install the extra that brings it, for example `pip install 'emojify[train]'`."
            ) from e
