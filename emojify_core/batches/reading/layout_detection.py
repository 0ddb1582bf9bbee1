"""Finding out how a file is to be read, from its beginning and what the client says."""

from itertools import islice
from pathlib import PurePath

from emojify_core.batches.limits import MAX_COLUMNS
from emojify_core.batches.reading.column_detection import (
    is_header,
    select_column,
    unique_column_names,
)
from emojify_core.batches.reading.delimiter_detection import (
    announced_delimiter,
    find_delimiter,
    has_blanks_behind,
    named_delimiter,
)
from emojify_core.batches.reading.layout import LINE_COLUMN, NO_DELIMITER, Format, Layout, Options
from emojify_core.batches.reading.rows import Row, read_cells, read_rows
from emojify_core.errors import BatchFileError

_ENDINGS = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".tab": Format.CSV,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
}
_TYPES = {
    "text/csv": Format.CSV,
    "text/tab-separated-values": Format.CSV,
    "application/jsonl": Format.JSONL,
    "application/x-ndjson": Format.JSONL,
    "application/x-jsonlines": Format.JSONL,
    "text/plain": Format.TEXT,
}
_FORMATS = {"csv": Format.CSV, "tsv": Format.CSV, "jsonl": Format.JSONL, "text": Format.TEXT}
_ROWS = 100  # looked at


def look(sample: bytes, options: Options, encoding: str, *, whole: bool) -> Layout:
    """Return the layout of a file that begins with `sample`, in UTF-8 (all of it, if `whole`).

    Raises BatchFileError for a file without rows, for columns that are not there, and for options
    that are none.
    """
    if not whole:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    if not sample.strip():
        raise BatchFileError("The file is empty. Send one with a text on each line.")
    match _format(sample, options):
        case Format.CSV:
            layout = _table(sample, options, encoding, whole=whole)
        case Format.JSONL:
            layout = _json_lines(sample, options, encoding)
        case Format.TEXT:
            layout = _text(options, encoding)
    if layout.start >= len(sample) and whole:
        raise BatchFileError("The file has a header and no rows.")
    return layout


def _format(sample: bytes, options: Options) -> Format:
    if options.format is not None:
        if options.format not in _FORMATS:
            raise BatchFileError(f"The format must be one of {', '.join(_FORMATS)}.", "format")
        return _FORMATS[options.format]
    ending = PurePath(options.name.lower().removesuffix(".gz")).suffix
    media = options.content_type.partition(";")[0].strip().lower()
    told = _ENDINGS.get(ending) or _TYPES.get(media)
    if told is not None:
        return told
    if sample.lstrip()[:1] in {b"{", b"["}:
        return Format.JSONL
    delimiter = find_delimiter(sample.decode(errors="replace"))
    return Format.TEXT if delimiter == NO_DELIMITER else Format.CSV


def _table(sample: bytes, options: Options, encoding: str, *, whole: bool) -> Layout:
    text = sample.decode(errors="replace")
    announced, skipped = announced_delimiter(text)
    delimiter = announced or find_delimiter(text)
    if options.delimiter is not None:
        delimiter = named_delimiter(options.delimiter)
    elif options.format == "tsv":
        delimiter = "\t"
    space = has_blanks_behind(text, delimiter)
    bare = Layout(Format.CSV, "", (), skipped, encoding, delimiter, space)
    rows = list(islice(read_cells(sample[skipped:], bare, whole=True), _ROWS))
    if not rows:
        raise BatchFileError("The file is empty. Send one with a row for each text.")
    first, end = rows[0]
    header = is_header(first) if options.header is None else options.header
    if len(first) > MAX_COLUMNS:
        raise BatchFileError(f"The file has more than {MAX_COLUMNS} columns. Leave some out.")
    cells = first if header else _numbered(len(first))
    names = unique_column_names(cells)
    body = [row for row, _ in (rows[1:] if header else rows)]
    samples = {
        name: [row[place] for row in body if place < len(row)] for place, name in enumerate(names)
    }
    if header and not body and whole:
        raise BatchFileError("The file has a header and no rows.")
    return Layout(
        Format.CSV,
        select_column(options.column, cells, samples),
        names,
        skipped + end if header else skipped,
        encoding,
        delimiter,
        space,
        header,
    )


def _numbered(width: int) -> list[str]:
    return [LINE_COLUMN] if width == 1 else [f"column_{number}" for number in range(1, width + 1)]


def _json_lines(sample: bytes, options: Options, encoding: str) -> Layout:
    bare = Layout(Format.JSONL, "", (), 0, encoding)
    rows = list(islice(read_rows(sample, bare), _ROWS))
    readable = [row.values for row in rows if row.problem is None or row.problem.code == "no_text"]
    if not readable or _opens_a_list(rows[0]):
        raise BatchFileError(
            "The file is not JSON Lines: that is one object on each line, without brackets "
            "around all of them and without line ends inside them."
        )
    samples: dict[str, list[str]] = {}
    for values in readable:
        for name, value in values.items():
            samples.setdefault(name, []).extend([value] if isinstance(value, str) else [])
    column = select_column(options.column, list(samples), samples)
    return Layout(Format.JSONL, column, tuple(samples)[:MAX_COLUMNS], 0, encoding)


def _opens_a_list(row: Row) -> bool:
    """Tell whether one JSON document begins here; of its lines some may be JSON by themselves."""
    if row.problem is None or row.problem.code != "not_json":
        return False
    return any(str(value).lstrip().startswith("[") for value in row.values.values())


def _text(options: Options, encoding: str) -> Layout:
    if options.column not in {None, LINE_COLUMN, "1"}:
        raise BatchFileError(
            "Plain text has no columns: each line is a text. For a table set format=csv.", "column"
        )
    return Layout(Format.TEXT, LINE_COLUMN, (LINE_COLUMN,), 0, encoding)
