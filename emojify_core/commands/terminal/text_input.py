"""Text from arguments and pipes, which may contain bytes that are not UTF-8."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

from emojify_core.errors import DataError

TextOrTexts = TypeVar("TextOrTexts", str, tuple[str, ...])

_CONVERT = "Convert it first, for example with iconv"


def read_lines(source: Iterable[bytes]) -> Iterator[str]:
    """Yield lines without their line breaks. Raises DataError when a line is not UTF-8."""
    for number, line in enumerate(source, 1):
        try:
            yield line.decode().rstrip("\r\n")
        except UnicodeDecodeError as e:
            raise DataError(
                f"Line {number:,} of standard input is not UTF-8. {_CONVERT}, or send the file "
                "with `emojify batch`, which detects its encoding."
            ) from e


def require_utf8(
    context: click.Context, parameter: click.Parameter, value: TextOrTexts
) -> TextOrTexts:
    """Check an argument, as click's callback. Raises DataError when it is not UTF-8."""
    for text in (value,) if isinstance(value, str) else value:
        try:
            text.encode()
        except UnicodeEncodeError as e:  # Python decodes such bytes to surrogates
            name = parameter.make_metavar(context).strip("[].")
            raise DataError(f"{name} is not UTF-8. {_CONVERT}.") from e
    return value
