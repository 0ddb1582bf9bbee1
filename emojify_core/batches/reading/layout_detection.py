"""Detect the format of a file from the client's options, its name, its type or its content."""

from itertools import islice
from pathlib import PurePath

from emojify_core.batches.reading.column_detection import check_names, choose_column
from emojify_core.batches.reading.json_line import flatten
from emojify_core.batches.reading.kinds.line_shapes import odd_lines
from emojify_core.batches.reading.layout import (
    LINE_COLUMN,
    NO_DELIMITER,
    FileFormat,
    Layout,
    LayoutOptions,
)
from emojify_core.batches.reading.report import Doubt, Reading
from emojify_core.batches.reading.rows import Row, read_rows
from emojify_core.batches.reading.tables.dialect import Dialect
from emojify_core.batches.reading.tables.dialect_detection import detect_delimiter, shape_of
from emojify_core.errors import BatchFileError
from emojify_core.limits import READING_SAMPLE

_EXTENSIONS = {
    ".csv": FileFormat.CSV,
    ".tsv": FileFormat.CSV,
    ".tab": FileFormat.CSV,
    ".jsonl": FileFormat.JSONL,
    ".ndjson": FileFormat.JSONL,
    ".json": FileFormat.JSONL,
    ".txt": FileFormat.TEXT,
    ".text": FileFormat.TEXT,
}
_MEDIA_TYPES = {
    "text/csv": FileFormat.CSV,
    "text/tab-separated-values": FileFormat.CSV,
    "application/jsonl": FileFormat.JSONL,
    "application/x-ndjson": FileFormat.JSONL,
    "application/x-jsonlines": FileFormat.JSONL,
    "application/json": FileFormat.JSONL,
    "text/plain": FileFormat.TEXT,
}
_FORMATS = {
    "csv": FileFormat.CSV,
    "tsv": FileFormat.CSV,
    "jsonl": FileFormat.JSONL,
    "text": FileFormat.TEXT,
}
_TABLE_LINES = 3  # of a text file that may be a table; fewer tell nothing
_TABLE_SHARE = 0.95


def detect_format(sample: bytes, options: LayoutOptions) -> tuple[FileFormat, tuple[Doubt, ...]]:
    """Return the format of a UTF-8 file that begins with `sample`, and a doubt about it.

    Raises BatchFileError for a format that is not known.
    """
    if options.format is not None:
        if options.format not in _FORMATS:
            raise BatchFileError(f"Choose one of these formats: {', '.join(_FORMATS)}.", "format")
        return _FORMATS[options.format], ()
    extension = PurePath(options.name.lower().removesuffix(".gz")).suffix
    media_type = options.content_type.partition(";")[0].strip().lower()
    declared = _EXTENSIONS.get(extension) or _MEDIA_TYPES.get(media_type)
    if declared is FileFormat.TEXT:
        return _text_or_table(sample.decode(errors="replace"), options)
    if declared is not None:
        return declared, ()
    if sample.lstrip()[:1] in {b"{", b"["}:
        return FileFormat.JSONL, ()
    text = sample.decode(errors="replace")
    if detect_delimiter(text) != NO_DELIMITER:
        return FileFormat.CSV, ()
    return FileFormat.TEXT, _doubts_about_lines(text, extension)


def _text_or_table(text: str, options: LayoutOptions) -> tuple[FileFormat, tuple[Doubt, ...]]:
    """Tell a table that calls itself text from texts: every line has as many tabs."""
    if options.delimiter is not None:
        return FileFormat.CSV, ()
    delimiter = detect_delimiter(text)
    lines = [line for line in text.splitlines(keepends=True)[:READING_SAMPLE] if line.strip()]
    is_table = delimiter != NO_DELIMITER and len(lines) >= _TABLE_LINES
    if not is_table or shape_of(lines, Dialect(delimiter)).score < _TABLE_SHARE:
        return FileFormat.TEXT, _doubts_about_lines(text, "")
    if delimiter == "\t" or options.column not in {None, LINE_COLUMN, "1"}:
        return FileFormat.CSV, ()
    return FileFormat.TEXT, (
        Doubt(
            "format",
            f"Each line of the text file has as many of the sign {delimiter!r}, so it may be a "
            "table. Set format=csv or format=text.",
        ),
    )


def _doubts_about_lines(text: str, extension: str) -> tuple[Doubt, ...]:
    """Return a doubt if lines may not be texts: by their shape, or by the name of the file."""
    odd = odd_lines(text)
    if odd is not None:
        sentence = f"Each line of the file {odd}."
    elif extension:
        sentence = f"A file whose name ends with {extension[:20]} may hold other things than texts."
    else:
        return ()
    advice = "Set format=text if each line is a text, or convert the file to CSV."
    return (Doubt("format", f"{sentence} {advice}"),)


def detect_json_lines(sample: bytes, options: LayoutOptions) -> tuple[Layout, Reading]:
    """Return the layout of JSON Lines, and what is told of them.

    Raises BatchFileError when no line can be read, or a column is missing.
    """
    provisional = Layout(FileFormat.JSONL, "", (), 0, "utf-8")
    rows = list(islice(read_rows(sample, provisional), READING_SAMPLE))
    readable = [row.values for row in rows if row.problem is None or row.problem.code == "no_text"]
    if not readable and rows and rows[0].problem and rows[0].problem.code == "long_name":
        raise BatchFileError(rows[0].problem.message)
    if not readable or _opens_a_list(rows[0]):
        raise BatchFileError(
            "The file is not JSON Lines. Put one JSON object on each line, without brackets around "
            "them and without line breaks inside them."
        )
    if len(rows) == 1 and any(map(_is_column, readable[0].values())):
        raise BatchFileError(
            "The file is a JSON object of columns, not of rows. Write an object for each row; in "
            'pandas, with to_json(orient="records", lines=True).'
        )
    names = dict.fromkeys(name for values in readable for name in values)
    check_names(names)
    samples: dict[str, list[str]] = {name: [] for name in names}
    for values in readable:
        for name, value in flatten(values):
            samples.setdefault(name, []).extend([value] if isinstance(value, str) else [])
    column, candidates, doubts = choose_column(options.column, list(samples), samples)
    reading = Reading(
        format=FileFormat.JSONL.value,
        encoding="utf-8",
        column=column,
        candidates=candidates,
        rows_examined=len(rows),
        doubts=doubts,
    )
    return Layout(FileFormat.JSONL, column, tuple(names), 0, "utf-8"), reading


def _is_column(value: object) -> bool:
    """Tell whether a value holds cells by their numbers, as pandas writes a column."""
    return isinstance(value, dict) and bool(value) and all(name.isdecimal() for name in value)


def _opens_a_list(row: Row) -> bool:
    """Tell whether the file is one JSON list; some of its lines may be valid JSON too."""
    if row.problem is None or row.problem.code != "not_json":
        return False
    return any(str(value).lstrip().startswith("[") for value in row.values.values())


def detect_plain_text(options: LayoutOptions) -> tuple[Layout, Reading]:
    """Return the layout of a file with a text on each line. Raises BatchFileError."""
    if options.column not in {None, LINE_COLUMN, "1"}:
        raise BatchFileError(
            "A plain text file has no columns: each line is a text. For a table, set format=csv "
            "or its delimiter.",
            "column",
        )
    layout = Layout(FileFormat.TEXT, LINE_COLUMN, (LINE_COLUMN,), 0, "utf-8")
    return layout, Reading(format=FileFormat.TEXT.value, encoding="utf-8", column=LINE_COLUMN)
