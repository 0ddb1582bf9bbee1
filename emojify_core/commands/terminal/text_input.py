"""Texts from a shell or a pipe, which may bring bytes that are no characters."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

from emojify_core.errors import DataError

Told = TypeVar("Told", str, tuple[str, ...])

_CONVERT = "Convert it first, for example with iconv"


def read_lines(source: Iterable[bytes]) -> Iterator[str]:
    """Yield lines without their ends. Raises DataError at one that is not UTF-8."""
    for number, line in enumerate(source, 1):
        try:
            yield line.decode().rstrip("\r\n")
        except UnicodeDecodeError as e:
            raise DataError(
                f"Line {number:,} of standard input is not UTF-8. {_CONVERT}, or send the file "
                "with `emojify batch`, which finds out what it is."
            ) from e


def require_utf8(_context: click.Context, parameter: click.Parameter, value: Told) -> Told:
    """Let an argument through, for Click. Raises DataError if it is not UTF-8."""
    for text in (value,) if isinstance(value, str) else value:
        try:
            text.encode()
        except UnicodeEncodeError as e:  # Python keeps such bytes as halves of surrogate pairs
            name = parameter.make_metavar(_context).strip("[].")
            raise DataError(f"{name} is not UTF-8. {_CONVERT}.") from e
    return value
