"""What a file really holds: a workbook, a chat, a JSON list or text, as blocks of UTF-8."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from emojify_core.batches.reading.blocks import read_at_least
from emojify_core.batches.reading.decompression import decompress
from emojify_core.batches.reading.encoding_detection import (
    detect_encoding,
    to_utf8,
    validate_encoding,
)
from emojify_core.batches.reading.kinds.chats import is_chat, read_chat
from emojify_core.batches.reading.kinds.json_documents import is_json_document, read_json_document
from emojify_core.batches.reading.kinds.other_formats import refuse_other_text
from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.batches.reading.legacy_encodings import is_doubtful
from emojify_core.batches.reading.report import Doubt
from emojify_core.batches.reading.tables.normalizing import write_rows
from emojify_core.batches.reading.workbooks.containers import OLE, ZIP, find_table, spool, unpack
from emojify_core.batches.reading.workbooks.reader import read_sheet
from emojify_core.errors import BatchFileError
from emojify_core.limits import SAMPLE


@dataclass(frozen=True, slots=True)
class Source:
    """A file as text in UTF-8. `blocks` can be read once."""

    blocks: Iterator[bytes]
    options: LayoutOptions  # the client's, and what the kind of the file settles
    encoding: str
    format: str | None = None  # of a file that is converted: xlsx, json, whatsapp
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def open_source(blocks: Iterable[bytes], options: LayoutOptions, *, packed: bool = False) -> Source:
    """Return the texts of a file, whatever it is packed in; `packed` tells that a zip held it.

    Raises BatchFileError for a file that holds no texts, and for bytes that cannot be decoded.
    """
    source = decompress(blocks)
    sample, ended = read_at_least(source, SAMPLE)
    if sample.startswith((ZIP, OLE)):
        if packed:  # each level would be unpacked whole
            raise BatchFileError("The zip file holds another zip file. Unpack it and send that.")
        return _open_container(chain([sample], source), options)
    encoding = (
        validate_encoding(options.encoding)
        if options.encoding
        else detect_encoding(sample, whole=ended)
    )
    utf8 = to_utf8(chain([sample], source), encoding)
    beginning, _ = read_at_least(utf8, SAMPLE)
    text = beginning.decode(errors="replace")
    found = Source(chain([beginning], utf8), options, encoding.removesuffix("-sig"))
    if not options.encoding and not encoding.startswith(("utf", "ascii")):
        doubts = (_encoding_doubt(encoding),) if is_doubtful(sample, encoding) else ()
        note = f"The encoding {encoding} is a guess."
        found = replace(found, notes=(note,), doubts=doubts)
    if options.format is None or options.format == "text":
        refuse_other_text(text, options.name)
    if options.format is None and is_chat(text):
        return _converted(found, write_rows(read_chat(found.blocks)), "whatsapp", "message")
    if options.format in {None, "jsonl"} and not options.delimiter and is_json_document(text):
        return replace(
            found,
            blocks=read_json_document(found.blocks),
            options=replace(options, format="jsonl"),
            format="json",
        )
    return found


def _converted(found: Source, blocks: Iterator[bytes], kind: str, column: str) -> Source:
    """Return a source as the CSV that it was converted to."""
    given = found.options
    options = replace(
        given,
        format="csv",
        delimiter=",",
        quote="double",
        header=True,
        skip_lines=0,
        column=given.column or column,
    )
    return replace(found, blocks=blocks, options=options, format=kind)


def _open_container(blocks: Iterable[bytes], options: LayoutOptions) -> Source:
    """Return the table in a zip file, or a sheet of a workbook."""
    file = spool(blocks)
    try:
        old = file.read(len(OLE)) == OLE
        file.seek(0)
        table = None if old else find_table(file)
        if table is not None:
            inner = replace(options, name=table, content_type="")
            return open_source(_close_after(file, unpack(file, table)), inner, packed=True)
        file.seek(0)
        sheet = read_sheet(file, options.sheet)
    except BaseException:
        file.close()
        raise
    doubts = (_sheet_doubt(sheet.name, sheet.others),) if sheet.several else ()
    known = replace(options, format="csv", delimiter=",", quote="double", encoding=None)
    return Source(
        _close_after(file, sheet.blocks),
        known,
        "utf-8",
        "xls" if old else "xlsx",
        sheet.name,
        sheet.others,
        doubts=doubts,
    )


def _close_after(file: object, blocks: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from blocks
    finally:
        file.close()  # type: ignore[attr-defined]


def _encoding_doubt(encoding: str) -> Doubt:
    return Doubt(
        "encoding",
        f"The file is not UTF-8, and its encoding may be {encoding} or another one. Look at its "
        "accents in a preview, and set encoding=NAME, or save the file as UTF-8.",
    )


def _sheet_doubt(chosen: str, sheets: tuple[str, ...]) -> Doubt:
    shown = ", ".join(repr(name[:40]) for name in sheets[:10])
    return Doubt(
        "sheet",
        f"The workbook has several sheets: {shown}. {chosen[:40]!r} is the largest. Choose one "
        "with sheet=NAME.",
    )
