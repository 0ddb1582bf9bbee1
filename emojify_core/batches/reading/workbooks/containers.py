"""What a file that starts as a zip or an old Office file holds, within bounds."""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from emojify_core.batches.reading.workbooks.zip_directory import directory_size
from emojify_core.errors import BatchFileError, BatchTooLargeError
from emojify_core.limits import (
    MAX_CONTAINER,
    MAX_CONTAINER_DIRECTORY,
    MAX_CONTAINER_PARTS,
    MAX_UNPACKED,
)

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BLOCK = 256 << 10
_TEXTS = frozenset({".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".json"})
_OFFICE = {
    "word/": "a Word document. Copy its texts into a text or CSV file and send that.",
    "ppt/": "a presentation. Copy its texts into a text or CSV file and send that.",
    "Index/": "a file of Apple Numbers or Pages. Export it as CSV or Excel and send that.",
    "META-INF/container.xml": "an e-book. Copy its texts into a text file and send that.",
    "xl/workbook.bin": "a binary workbook (.xlsb). Save it as .xlsx and send that.",
}
_DAMAGED = "The zip or Excel file is damaged. Open it, save the sheet as CSV and send that."

_LARGE = (
    f"A workbook or zip file may have {MAX_CONTAINER >> 20} MB. Save the sheet as CSV and send "
    "that, compressed with gzip if you like."
)
_LARGE_TABLE = (
    f"The table in the zip file is larger than {MAX_UNPACKED >> 20} MB. Compress it with gzip "
    "instead."
)
_LARGE_WORKBOOK = (
    f"The workbook unpacks to more than {MAX_UNPACKED >> 20} MB. Save the sheet as CSV and send "
    "that."
)
_MANY_PARTS = "The zip file has thousands of parts. Send one table."
_UNUSUAL = "The zip file is packed in an unusual way. Pack it again, or compress it with gzip."


def spool(blocks: Iterable[bytes]) -> IO[bytes]:
    """Return a temporary file with all blocks. Raises BatchTooLargeError."""
    file = TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        file.writelines(_limited(blocks, MAX_CONTAINER, _LARGE))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _limited(blocks: Iterable[bytes], most: int, refusal: str) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        if size > most:
            raise BatchTooLargeError(refusal)
        yield block


def find_table(file: IO[bytes]) -> str | None:
    """Return the name of the table in a zip file, or None if the file is a workbook.

    Raises BatchFileError for anything else, and for parts that unpack to too much.
    """
    if directory_size(file) > MAX_CONTAINER_DIRECTORY:
        raise BatchFileError(_MANY_PARTS)
    try:
        with ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_CONTAINER_PARTS:
                raise BatchFileError(_MANY_PARTS)
            # Python unpacks the other methods in one go, however much comes out.
            if any(part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for part in parts):
                raise BatchFileError(_UNUSUAL)
            names = [part.filename for part in parts]
            if "xl/workbook.xml" in names or _is_spreadsheet(archive, names):
                _check_unpacked(archive, parts)
                return None
            return _only_table(parts, names)
    except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as e:
        raise BatchFileError(_DAMAGED) from e


def unpack(file: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield a part of a zip file. Raises BatchFileError, and BatchTooLargeError for a bomb."""
    try:
        with ZipFile(file) as archive:
            yield from _limited(_unpacked(archive, [name]), MAX_UNPACKED, _LARGE_TABLE)
    except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as e:
        raise BatchFileError(_DAMAGED) from e


def _only_table(parts: list[ZipInfo], names: list[str]) -> str:
    for start, description in _OFFICE.items():
        if any(name.startswith(start) for name in names):
            raise BatchFileError(f"The file is {description}")
    tables = [
        part.filename
        for part in parts
        if PurePosixPath(part.filename).suffix.lower() in _TEXTS
        and not part.filename.startswith("__MACOSX/")
        and not PurePosixPath(part.filename).name.startswith(".")
    ]
    if len(tables) != 1:
        held = "no table" if not tables else f"{len(tables)} tables"
        raise BatchFileError(f"The zip file holds {held}. Unpack it and send one table.")
    return tables[0]


def _is_spreadsheet(archive: ZipFile, names: list[str]) -> bool:
    """Tell whether a zip is an OpenDocument file with sheets."""
    if "mimetype" not in names or "content.xml" not in names:
        return False
    with archive.open("mimetype") as part:
        kind = part.read(200)
    if b"opendocument.spreadsheet" not in kind:
        raise BatchFileError(
            "The file is an OpenDocument file without sheets. Copy its texts into a text or CSV "
            "file and send that."
        )
    return True


def _check_unpacked(archive: ZipFile, parts: list[ZipInfo]) -> None:
    """Unpack each part once and count, because what a part says of its size may be untrue."""
    for _ in _limited(_unpacked(archive, parts), MAX_UNPACKED, _LARGE_WORKBOOK):
        continue


def _unpacked(archive: ZipFile, parts: Iterable[ZipInfo | str]) -> Iterator[bytes]:
    for part in parts:
        with archive.open(part) as opened:
            while block := opened.read(_BLOCK):
                yield block
