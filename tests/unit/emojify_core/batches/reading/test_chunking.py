"""Splitting puts each row into exactly one chunk, in order, for any file."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.batches.reading.chunking import split
from emojify_core.batches.reading.ingest import ingest_file
from emojify_core.batches.reading.layout import FileFormat, Layout, LayoutOptions
from emojify_core.batches.reading.rows import read_rows
from emojify_core.errors import BatchFileError
from emojify_core.limits import CHUNK_BYTES, CHUNK_CHARACTERS, CHUNK_ROWS, MAX_COLUMNS
from support.batch_files import as_csv, in_chunks, ingested, rows_of

CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=30)
)
DELIMITERS = st.sampled_from(",;\t|")


def layout_of(width: int, delimiter: str) -> Layout:
    """Return the layout of a table without a header."""
    columns = tuple(f"c{number}" for number in range(width))
    return Layout(FileFormat.CSV, "c0", columns, 0, "utf-8", delimiter)


@given(TABLES, DELIMITERS, st.integers(1, 200))
def test_chunks_return_a_table_as_it_was_written(
    table: list[list[str]], delimiter: str, part: int
) -> None:
    """With quotes, line breaks and any Unicode, no row is lost, repeated or changed."""
    stored = as_csv(table, delimiter, quoting=csv.QUOTE_ALL).encode()
    layout = layout_of(len(table[0]), delimiter)
    rows = [row for chunk in in_chunks(stored, layout, part) for row in chunk]
    assert [list(row.values.values()) for row in rows] == table


@given(st.text(st.characters(exclude_categories=("Cs",))), st.integers(1, 50))
def test_chunks_agree_with_the_whole_file(content: str, part: int) -> None:
    """A broken table splits consistently too."""
    stored, layout = content.encode(), layout_of(2, ",")
    whole = [(row.values, row.problem) for row in read_rows(stored, layout)]
    apart = [(row.values, row.problem) for rows in in_chunks(stored, layout, part) for row in rows]
    assert apart == whole


@given(
    st.lists(st.dictionaries(CELL, st.one_of(CELL, st.integers(), st.none())), max_size=20),
    st.integers(1, 200),
)
def test_chunks_return_json_lines_as_they_were_written(
    objects: list[dict[str, object]], part: int
) -> None:
    """Values of every type come back."""
    stored = "".join(json.dumps(each) + "\n" for each in objects).encode()
    layout = Layout(FileFormat.JSONL, "text", (), 0, "utf-8")
    rows = [row for chunk in in_chunks(stored, layout, part) for row in chunk]
    assert [row.values for row in rows] == objects


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")))
def test_any_text_file_is_read_or_refused_with_a_sentence(content: str) -> None:
    """No file leads to a stack trace."""
    for name in ("a.csv", "a.jsonl", "a.txt", ""):
        refusal, rows = ".", []
        try:
            rows = rows_of(content, name)
        except BatchFileError as refused:
            refusal = str(refused)
        assert refusal.endswith(".")
        assert all(row.problem or row.text for row in rows)


@given(st.binary())
def test_any_bytes_are_read_or_refused_with_a_sentence(content: bytes) -> None:
    """No bytes lead to a stack trace."""
    refusal, rows = ".", []
    try:
        layout, stored = ingested(content, "a.csv")
        rows = list(read_rows(stored[layout.start :], layout))
    except BatchFileError as refused:
        refusal = str(refused)
    assert refusal.endswith(".")
    assert all(row.problem or row.text for row in rows)


def test_a_chunk_has_limited_rows_characters_and_bytes() -> None:
    """A worker needs some tens of milliseconds for a chunk, however long the texts are."""
    texts = ["short"] * 1000 + ["x" * 4000] * 20 + ["x" * 100_000] * 3
    wide = [[text, "y" * 100] for text in texts]
    layout, stored = ingested(as_csv([["text", "more"], *wide]), "a.csv")
    sizes = []
    for rows in in_chunks(stored, layout, 1 << 19):
        characters = sum(min(5000, len(row.text)) for row in rows)
        assert len(rows) == 1 or characters <= CHUNK_CHARACTERS
        assert len(rows) == 1 or sum(len(str(row.values)) for row in rows) <= 1.1 * CHUNK_BYTES
        sizes.append(len(rows))
    assert max(sizes) == CHUNK_ROWS
    assert sum(sizes) == len(texts)


def test_chunks_do_not_depend_on_the_size_of_the_parts() -> None:
    """A small last chunk of one part is merged with the next part."""
    content = as_csv([["id", "text"], *([str(n), f"row number {n}"] for n in range(2500))])
    layout, stored = ingested(content, "a.csv")
    large = [len(rows) for rows in in_chunks(stored, layout, 1 << 20)]
    assert [len(rows) for rows in in_chunks(stored, layout, 1 << 15)] == large
    assert large == [CHUNK_ROWS] * (2500 // CHUNK_ROWS) + [2500 % CHUNK_ROWS]


def test_columns_of_json_lines_are_collected() -> None:
    """A name that only the last object has becomes a column too."""
    stored = b'{"a": 1, "text": "x"}\n{"text": "x", "b": 2}\n'
    layout = Layout(FileFormat.JSONL, "text", ("a", "text"), 0, "utf-8")
    assert split(stored, layout, layout.columns, whole=True).columns == ("a", "text", "b")
    many = b"".join(b'{"c%d": 1}\n' % number for number in range(MAX_COLUMNS + 1))
    with pytest.raises(BatchFileError, match="more than 500 columns"):
        split(many, layout, (), whole=True)


def test_an_incomplete_row_is_left_for_the_next_part() -> None:
    """No chunk ends in the middle of a row."""
    layout = layout_of(2, ",")
    half = split(b'"a\nb', layout, (), whole=False)
    assert (half.spans, half.end) == ([], 0)
    whole = split(b'"a\nb",c\n', layout, (), whole=True)
    assert [span.rows for span in whole.spans] == [1]


def test_ingest_holds_little_of_a_large_file() -> None:
    """The memory in use does not grow with the file."""
    asked = 0

    class Target(io.BytesIO):
        def write(self, data: object) -> int:
            nonlocal asked
            asked = max(asked, len(data))  # type: ignore[arg-type]
            return len(data)  # type: ignore[arg-type]

    block = b"a line of some words\n" * 3000
    ingested = ingest_file((block for _ in range(1000)), Target(), LayoutOptions(name="a.txt"))
    assert ingested.size == 1000 * len(block)
    assert asked < 1 << 20
