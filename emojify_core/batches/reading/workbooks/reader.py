"""Read a sheet of a workbook as CSV, in a process with bounded memory, one at a time."""

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import emojify_core
from emojify_core.batches.reading.workbooks.convert import DISK_IS_FULL
from emojify_core.errors import BatchFileError, OverloadedError
from emojify_core.limits import WORKBOOK_SECONDS, WORKBOOK_WAIT

_BLOCK = 256 << 10
_PATIENCE = 4 * WORKBOOK_SECONDS  # on a machine that does other work
_UNREADABLE = (
    "The workbook cannot be read: it is damaged, protected by a password, or too large. Save the "
    "sheet as CSV and send that."
)
_one_at_a_time = threading.Lock()  # so that their memory is that of one


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as CSV. `blocks` can be read once."""

    name: str
    others: tuple[str, ...]  # all sheets of the workbook
    several: bool  # more than one holds something, and nobody chose
    blocks: Iterator[bytes]


def read_sheet(file: IO[bytes], wanted: str | None) -> Sheet:
    """Return a sheet of a workbook: the wanted one, or the largest that is visible.

    Raises BatchFileError when the workbook cannot be read or has no such sheet, OverloadedError
    when others take too long, and OSError when the disk has no room for the sheet.
    """
    out = TemporaryFile()  # noqa: SIM115 - closed once its blocks are read
    try:
        with _turn():
            _convert(file, wanted or "", out)
        out.seek(0)
        about = json.loads(out.readline() or b'{"error": ""}')
        _check(about)
    except BaseException:
        out.close()
        raise
    return Sheet(about["sheet"], tuple(about["sheets"]), about["several"], _blocks(out))


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for the workbook before. Raises OverloadedError when it takes too long."""
    if not _one_at_a_time.acquire(timeout=WORKBOOK_WAIT):
        raise OverloadedError("Other workbooks are being read. Send yours again in a minute.")
    try:
        yield
    finally:
        _one_at_a_time.release()


def _convert(file: IO[bytes], wanted: str, out: IO[bytes]) -> None:
    """Write what the process says about the sheets, and the sheet. Raises BatchFileError."""
    command = [sys.executable, "-m", "emojify_core.batches.reading.workbooks.convert", wanted]
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)  # the process shares this position, not our buffer
    try:
        subprocess.run(  # noqa: S603 - our own program, and a name that it only compares
            command,
            stdin=file,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=_PATIENCE,
            check=True,
        )
    except (subprocess.SubprocessError, ValueError) as e:  # ValueError: a NUL in a name
        if isinstance(e, subprocess.CalledProcessError) and e.returncode == DISK_IS_FULL:
            raise OSError(errno.ENOSPC, "no room for the sheet") from e
        raise BatchFileError(_UNREADABLE) from e


def _environment() -> dict[str, str]:
    """Return what Python needs to start: no keys, no addresses of databases."""
    needed = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
    root = str(Path(emojify_core.__file__).parents[1])
    return {"PYTHONPATH": root} | {name: os.environ[name] for name in needed if name in os.environ}


def _check(about: dict[str, Any]) -> None:
    if "error" in about:
        raise BatchFileError(_UNREADABLE)
    if "unknown" in about:
        sheets = ", ".join(repr(name[:40]) for name in about["sheets"][:10])
        raise BatchFileError(
            f"The workbook has no sheet {about['unknown']!r}. It has {sheets}.", "sheet"
        )
    if "wide" in about:
        raise BatchFileError(
            f"The sheet has {about['wide']:,} columns, more than 500. Remove those that you do not "
            "need and send it again."
        )


def _blocks(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while block := out.read(_BLOCK):
            yield block
