"""Read a sheet of a workbook as CSV, in a process with bounded memory."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import emojify_core
from emojify_core.errors import BatchFileError

_BLOCK = 256 << 10
_UNREADABLE = (
    "The workbook cannot be read: it is damaged, protected by a password, or too large. Save the "
    "sheet as CSV and send that."
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as CSV. `blocks` can be read once."""

    name: str
    others: tuple[str, ...]  # all sheets of the workbook
    several: bool  # more than one holds something, and nobody chose
    blocks: Iterator[bytes]


def read_sheet(file: IO[bytes], wanted: str | None) -> Sheet:
    """Return a sheet of a workbook: the wanted one, or the largest that is visible.

    Raises BatchFileError when the workbook cannot be read or has no such sheet.
    """
    command = [sys.executable, "-m", "emojify_core.batches.reading.workbooks.convert", wanted or ""]
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)  # the process shares this position, not our buffer
    process = subprocess.Popen(  # noqa: S603 - our own program, and a name that it only compares
        command,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    assert process.stdout is not None  # noqa: S101 - for the type checker
    try:
        about = json.loads(process.stdout.readline() or b'{"error": ""}')
        _check(about)
    except BaseException:
        _end(process)
        raise
    return Sheet(
        about["sheet"], tuple(about["sheets"]), about["several"], _blocks(process, process.stdout)
    )


def _environment() -> dict[str, str]:
    """Return what Python needs to start: no keys, no addresses of databases."""
    needed = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
    root = str(Path(emojify_core.__file__).parents[1])
    return {"PYTHONPATH": root} | {name: os.environ[name] for name in needed if name in os.environ}


def _check(about: dict[str, object]) -> None:
    if "error" in about:
        raise BatchFileError(_UNREADABLE)
    if "unknown" in about:
        raise BatchFileError(
            f"The workbook has no sheet {about['unknown']!r}. Its sheets are "
            f"{', '.join(map(repr, about['sheets']))}.",  # type: ignore[call-overload]
            "sheet",
        )
    if "wide" in about:
        raise BatchFileError(
            f"The sheet has {about['wide']:,} columns, more than 500. Remove those that you do not "
            "need and send it again."
        )


def _blocks(process: "subprocess.Popen[bytes]", out: IO[bytes]) -> Iterator[bytes]:
    try:
        while block := out.read(_BLOCK):
            yield block
        if process.wait() != 0:
            raise BatchFileError(_UNREADABLE)
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
