"""What the commands that ask a server share: its address, who we are, and how answers look."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from emojify_core.settings import Settings

if TYPE_CHECKING:
    from emojify_core.client import Emojify

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


class Server(NamedTuple):
    """The server that a command shall ask, and what it is shown."""

    url: str | None
    key: str | None

    @contextmanager
    def connect(self) -> "Iterator[Emojify]":
        """Give a client.

        Without an address it is the server on this machine, whose owner is its administrator.
        """
        from emojify_core.client import Emojify  # noqa: PLC0415 - httpx; `--help` stays fast
        from emojify_core.client.connection import Connection  # noqa: PLC0415
        from emojify_core.commands.terminal.cookies import kept_cookies  # noqa: PLC0415

        settings = Settings.from_env()
        url, key = self.url or settings.url, self.key or settings.key
        if url is None:
            url, key = f"http://127.0.0.1:{settings.port}", key or _own_token(settings)
        with (
            kept_cookies(url.rstrip("/")) as cookies,
            Emojify(connection=Connection(url, key, cookies=cookies)) as emojify,
        ):
            yield emojify


def asks_a_server(command: Callable[..., None]) -> Callable[..., None]:
    """Add --url and --key to a command, which gets both as `server`."""

    @click.option("--url", help="The server. [default: $EMOJIFY_URL, or the one on this machine]")
    @click.option("--key", help="An API key or the administrator's token. [default: $EMOJIFY_KEY]")
    @wraps(command)
    def asking(*args: Any, url: str | None, key: str | None, **options: Any) -> None:
        command(*args, server=Server(url, key), **options)

    return asking


def show_json(value: object) -> None:
    """Print a value as one line of JSON."""
    click.echo(json.dumps(plain(value), ensure_ascii=False))


def plain(value: object) -> Any:
    """Return a record as a dictionary; anything else as it is."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return value


def show_table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table: with lines on a terminal, else with tabs between the cells."""
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    if not console.is_terminal:
        for row in rows:
            click.echo("\t".join(" ".join(str(cell).split()) for cell in row))
        return
    table = Table(*head)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))  # not read as Rich's markup
    console.print(table)


def _own_token(settings: Settings) -> str | None:
    """Return the token of the installation in the home, if there is one; none is made here."""
    made = settings.home / "admin_token.secret"
    if settings.admin_token:
        return settings.admin_token
    return made.read_text(encoding="ascii") if made.is_file() else None
