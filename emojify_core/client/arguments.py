"""Checks what callers give the client, and turns it into a request: files and lists of texts."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from emojify_core.limits import MAX_REQUEST_CHARACTERS, MAX_TEXTS


def named(
    source: str | Path | BinaryIO, options: dict[str, str]
) -> tuple[Path | BinaryIO, dict[str, str]]:
    """Return a file, and the options with its name."""
    if isinstance(source, str | Path):
        path = Path(source)
        return path, {"name": _printable(path.name), **options}
    name = getattr(source, "name", "")
    named = {"name": _printable(Path(name).name)} if isinstance(name, str) and name else {}
    return source, {**named, **options}


def _printable(name: str) -> str:
    """Return a file's name with a question mark for each byte that is not UTF-8."""
    return name.encode(errors="replace").decode()


def split(texts: Sequence[str]) -> list[list[str]]:
    """Split texts into lists that fit into a request."""
    parts: list[list[str]] = []
    room = 0
    for text in texts:
        room -= len(text)
        if room < 0 or not parts or len(parts[-1]) == MAX_TEXTS:
            parts.append([])
            room = MAX_REQUEST_CHARACTERS - len(text)
        parts[-1].append(text)
    return parts
