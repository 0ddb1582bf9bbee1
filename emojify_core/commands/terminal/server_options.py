"""The options of commands that call a server, and the client made from them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from emojify_core.settings import Settings

if TYPE_CHECKING:
    from emojify_core.client import Emojify
    from emojify_core.client.administration import Administration


class Server(NamedTuple):
    """The server that a command calls, and the key it sends."""

    url: str | None
    key: str | None

    @contextmanager
    def connect(self) -> "Iterator[Emojify]":
        """Yield a client.

        Without a URL it calls the server on this machine, with the administrator's token if the
        user may read it.
        """
        from emojify_core.client import Emojify  # noqa: PLC0415 - httpx; `--help` stays fast
        from emojify_core.client.connection import Connection  # noqa: PLC0415
        from emojify_core.commands.terminal.cookies import stored_cookies  # noqa: PLC0415

        settings = Settings.from_env()
        url, key = self.url or settings.url, self.key or settings.key
        if url is None:
            url, key = f"http://127.0.0.1:{settings.port}", key or _local_token(settings)
        with (
            stored_cookies(url.rstrip("/")) as cookies,
            Emojify(connection=Connection(url, key, cookies=cookies)) as emojify,
        ):
            yield emojify

    @contextmanager
    def administer(self) -> "Iterator[Administration]":
        """Yield a client for administrative calls."""
        from emojify_core.client.administration import Administration  # noqa: PLC0415 - httpx

        with self.connect() as emojify:
            yield Administration(emojify.connection)


def server_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --url and --key to a command, which gets both as `server`."""

    @click.option("--url", help="The server. [default: $EMOJIFY_URL, or the one on this machine]")
    @click.option("--key", help="An API key or the administrator's token. [default: $EMOJIFY_KEY]")
    @wraps(command)
    def with_server(*args: Any, url: str | None, key: str | None, **options: Any) -> None:
        command(*args, server=Server(url, key), **options)

    return with_server


def _local_token(settings: Settings) -> str | None:
    """Return the local installation's administrator token, or None; never create one."""
    file = settings.home / "admin_token.secret"
    if settings.admin_token:
        return settings.admin_token
    return file.read_text(encoding="ascii") if file.is_file() else None
