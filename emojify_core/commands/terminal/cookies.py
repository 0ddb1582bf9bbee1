"""The cookie by which a server without keys knows us, kept from one command to the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, LoadError, MozillaCookieJar
from pathlib import Path
from urllib.parse import quote

import click


@contextmanager
def kept_cookies(url: str) -> Iterator[CookieJar]:
    """Give the cookies of a server; those it sets meanwhile are there for the next command.

    They say whose batches and corrections these are, so only their owner may read the file.
    """
    # A file each: cookies know no ports, and two servers on one machine would share theirs.
    path = Path(click.get_app_dir("emojify")) / "cookies" / f"{quote(url, safe='')}.txt"
    jar = MozillaCookieJar(path)
    try:
        jar.load()
    except (LoadError, OSError):  # the first command, or nothing that can be read
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
            f"{path} cannot be written ({e.strerror}): the next command will not find what this "
            "one made.",
            err=True,
        )
