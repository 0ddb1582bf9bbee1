"""Detect the layout of a file from its beginning and the client's options."""

from itertools import islice
from pathlib import PurePath

from emojify_core.batches.reading.column_detection import (
    check_names,
    is_header,
    select_column,
    unique_column_names,
)
from emojify_core.batches.reading.delimiter_detection import (
    declared_delimiter,
    detect_delimiter,
    has_space_after_delimiter,
    parse_delimiter,
)
from emojify_core.batches.reading.layout import (
    LINE_COLUMN,
    NO_DELIMITER,
    FileFormat,
    Layout,
    LayoutOptions,
)
from emojify_core.batches.reading.rows import Row, read_cells, read_rows
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_COLUMNS

_EXTENSIONS = {
    ".csv": FileFormat.CSV,
    ".tsv": FileFormat.CSV,
    ".tab": FileFormat.CSV,
    ".jsonl": FileFormat.JSONL,
    ".ndjson": FileFormat.JSONL,
    ".txt": FileFormat.TEXT,
    ".text": FileFormat.TEXT,
}
_MEDIA_TYPES = {
    "text/csv": FileFormat.CSV,
    "text/tab-separated-values": FileFormat.CSV,
    "application/jsonl": FileFormat.JSONL,
    "application/x-ndjson": FileFormat.JSONL,
    "application/x-jsonlines": FileFormat.JSONL,
    "text/plain": FileFormat.TEXT,
}
_FORMATS = {
    "csv": FileFormat.CSV,
    "tsv": FileFormat.CSV,
    "jsonl": FileFormat.JSONL,
    "text": FileFormat.TEXT,
}
_ROWS = 100  # that are examined
_EMPTY_FILE = "The file is empty. Send one with a text on each line or in each row."


def detect_layout(sample: bytes, options: LayoutOptions, encoding: str, *, whole: bool) -> Layout:
    """Return the layout of a UTF-8 file that begins with `sample` (`whole`: that is all of it).

    Raises BatchFileError when the file has no rows, a column is missing or an option is invalid.
    """
    if not whole:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    if not sample.strip():
        raise BatchFileError(_EMPTY_FILE)
    match _detect_format(sample, options):
        case FileFormat.CSV:
            return _table(sample, options, encoding, whole=whole)
        case FileFormat.JSONL:
            return _json_lines(sample, options, encoding)
        case FileFormat.TEXT:
            return _plain_text(options, encoding)


def _detect_format(sample: bytes, options: LayoutOptions) -> FileFormat:
    if options.format is not None:
        if options.format not in _FORMATS:
            raise BatchFileError(f"Choose one of these formats: {', '.join(_FORMATS)}.", "format")
        return _FORMATS[options.format]
    extension = PurePath(options.name.lower().removesuffix(".gz")).suffix
    media_type = options.content_type.partition(";")[0].strip().lower()
    declared = _EXTENSIONS.get(extension) or _MEDIA_TYPES.get(media_type)
    if declared is not None:
        return declared
    if sample.lstrip()[:1] in {b"{", b"["}:
        return FileFormat.JSONL
    delimiter = detect_delimiter(sample.decode(errors="replace"))
    return FileFormat.TEXT if delimiter == NO_DELIMITER else FileFormat.CSV


def _table(sample: bytes, options: LayoutOptions, encoding: str, *, whole: bool) -> Layout:
    text = sample.decode(errors="replace")
    declared, skipped = declared_delimiter(text)
    delimiter = declared or detect_delimiter(text)
    if options.delimiter is not None:
        delimiter = parse_delimiter(options.delimiter)
    elif options.format == "tsv":
        delimiter = "\t"
    skip_space = has_space_after_delimiter(text, delimiter)
    provisional = Layout(FileFormat.CSV, "", (), skipped, encoding, delimiter, skip_space)
    rows = list(islice(read_cells(sample[skipped:], provisional, whole=True), _ROWS))
    if not rows:
        raise BatchFileError(_EMPTY_FILE)
    first, end = rows[0]
    header = is_header(first) if options.header is None else options.header
    cells = first if header else _column_numbers(min(len(first), MAX_COLUMNS + 1))
    check_names(cells)
    names = unique_column_names(cells)
    body = [row for row, _ in (rows[1:] if header else rows)]
    samples = {
        name: [row[index] for row in body if index < len(row)] for index, name in enumerate(names)
    }
    if header and not body and whole:
        raise BatchFileError("The file has a header but no rows. Add a row for each text.")
    return Layout(
        FileFormat.CSV,
        select_column(options.column, cells, samples),
        names,
        skipped + end if header else skipped,
        encoding,
        delimiter,
        skip_space,
        header,
    )


def _column_numbers(width: int) -> list[str]:
    return [LINE_COLUMN] if width == 1 else [f"column_{number}" for number in range(1, width + 1)]


def _json_lines(sample: bytes, options: LayoutOptions, encoding: str) -> Layout:
    provisional = Layout(FileFormat.JSONL, "", (), 0, encoding)
    rows = list(islice(read_rows(sample, provisional), _ROWS))
    readable = [row.values for row in rows if row.problem is None or row.problem.code == "no_text"]
    if not readable and rows and rows[0].problem and rows[0].problem.code == "long_name":
        raise BatchFileError(rows[0].problem.message)
    if not readable or _opens_a_list(rows[0]):
        raise BatchFileError(
            "The file is not JSON Lines. Put one JSON object on each line, without brackets around "
            "them and without line breaks inside them."
        )
    names = dict.fromkeys(name for values in readable for name in values)
    check_names(names)
    samples: dict[str, list[str]] = {}
    for values in readable:
        for name, value in values.items():
            samples.setdefault(name, []).extend([value] if isinstance(value, str) else [])
    column = select_column(options.column, list(samples), samples)
    return Layout(FileFormat.JSONL, column, tuple(samples), 0, encoding)


def _opens_a_list(row: Row) -> bool:
    """Tell whether the file is one JSON list; some of its lines may be valid JSON too."""
    if row.problem is None or row.problem.code != "not_json":
        return False
    return any(str(value).lstrip().startswith("[") for value in row.values.values())


def _plain_text(options: LayoutOptions, encoding: str) -> Layout:
    if options.column not in {None, LINE_COLUMN, "1"}:
        raise BatchFileError(
            "A plain text file has no columns: each line is a text. For a table, set format=csv.",
            "column",
        )
    return Layout(FileFormat.TEXT, LINE_COLUMN, (LINE_COLUMN,), 0, encoding)
