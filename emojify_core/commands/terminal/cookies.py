"""Cookies kept between commands: a server without API keys recognises its clients by them."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, LoadError, MozillaCookieJar
from pathlib import Path
from urllib.parse import quote

import click


@contextmanager
def stored_cookies(url: str) -> Iterator[CookieJar]:
    """Yield a server's cookies and store what it changes for the next command.

    The cookies give access to the user's batches and corrections, so only the user may read the
    file.
    """
    # One file per server: cookies ignore ports, so servers on one machine would share a file.
    path = Path(click.get_app_dir("emojify")) / "cookies" / f"{quote(url, safe='')}.txt"
    jar = MozillaCookieJar(path)
    try:
        jar.load()
    except (LoadError, OSError):  # the first command, or an unreadable file
        jar.clear()
    before = _values(jar)
    try:
        yield jar
    finally:
        if _values(jar) != before:
            _save(jar, path)


def _values(jar: CookieJar) -> list[tuple[str, str | None]]:
    return [(cookie.name, cookie.value) for cookie in jar]


def _save(jar: MozillaCookieJar, path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        jar.save()
    except OSError as e:
        click.echo(
            f"{path} cannot be written ({e.strerror}), so later commands will not find the batches "
            "and corrections of this one.",
            err=True,
        )
