"""Results as a workbook keep their types, hold no formula, and sum up with a chart."""

import io
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from emojify_core.batches.reading.rows import read_rows
from emojify_core.batches.results.stream import check_room
from emojify_core.batches.results.summary import summarize, to_report
from emojify_core.batches.results.table import COLUMNS, ResultFormat, ResultTable
from emojify_core.batches.results.workbook.cells import column_names, row
from emojify_core.batches.results.workbook.writer import WorkbookWriter
from emojify_core.errors import InvalidInputError
from emojify_core.limits import MAX_SHEET_ROWS
from support.batch_files import answer, as_csv, ingested, silent

ROWS = [
    ["id", "text", "n"],
    ["007", "=1+1 was so sad", "1.5"],
    ["8", "I was <so> & glad\n\x01_x0041_ 😭", "-12"],
    ["1e5", "@SUM(A1) a glad one", "12345678901234567890"],
]


def workbook(content: str, name: str, *, size: int = 0, chunk: int = 2) -> bytes:
    """Return the results of a file as a workbook, written in chunks."""
    layout, stored = ingested(content, name)
    rows = list(read_rows(stored[layout.start :], layout))
    columns = dict.fromkeys([*layout.columns, *(name for row in rows for name in row.values)])
    writer = WorkbookWriter(ResultTable(layout, tuple(columns), 3, stored, len(rows), size))
    answers = [*[answer()] * (len(rows) - 1), silent(1)]
    out = [writer.header()]
    for start in range(0, len(rows), chunk):
        end = start + chunk
        out.append(writer.rows(rows[start:end], answers[start:end]))
    report: dict[str, Any] = to_report(summarize(answers, 0), lambda _: "")
    return b"".join([*out, writer.end(report)])


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Read a workbook."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_workbook_holds_the_rows_and_their_results() -> None:
    """Numbers are numbers, texts are texts, and what would change stays a text."""
    found = sheets(workbook(as_csv(ROWS), "a.csv"))["Rows"]
    assert found[0] == ["id", "text", "n", *COLUMNS]
    assert [row[0] for row in found[1:]] == ["007", 8, "1e5"]
    assert found[1][1] == "=1+1 was so sad"
    assert found[2][1].startswith("I was <so> & glad\n")
    assert found[2][1].endswith(" 😭")
    assert [row[2] for row in found[1:]] == [1.5, -12, "12345678901234567890"]
    assert found[1][3:6] == ["joy", "😄", 0.7]
    assert [row[-1] for row in found[1:]] == [True, True, False]


def test_a_workbook_has_a_summary_with_a_chart_and_no_formula() -> None:
    """Nothing in it is calculated, linked or fetched."""
    content = workbook(as_csv(ROWS), "a.csv")
    summary = sheets(content)["Summary"]
    assert [summary[0][:3], summary[1][:2]] == [["Emotion", "Rows", "Share"], ["joy", 2]]
    assert ["Rows in all", 3] in [row[:2] for row in summary]
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert "xl/charts/chart1.xml" in archive.namelist()
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not any(b"<f>" in part for name, part in parts.items() if "worksheets" in name)
    assert not any(b'TargetMode="External"' in part for part in parts.values())


def test_a_workbook_is_the_same_each_time() -> None:
    """Neither the moment nor the size of the chunks shows."""
    first, again = (workbook(as_csv(ROWS), "a.csv", chunk=chunk) for chunk in (1, 3))
    assert sheets(first) == sheets(again)
    assert first == workbook(as_csv(ROWS), "a.csv", chunk=1)


def test_a_huge_sheet_gets_the_larger_form() -> None:
    """A part of a zip file may have 2 GB otherwise."""
    content = workbook(as_csv(ROWS), "a.csv", size=1 << 30)
    assert sheets(content) == sheets(workbook(as_csv(ROWS), "a.csv"))


def test_json_values_keep_their_types() -> None:
    """Objects are written as JSON."""
    line = '{"text": "I was so glad", "n": 2, "b": true, "o": {"a": [1]}, "x": null, "s": "1.50"}\n'
    header, first = sheets(workbook(line, "a.jsonl"))["Rows"]
    values = dict(zip(header, first, strict=True))
    assert (values["n"], values["b"], values["o"]) == (2, True, '{"a": [1]}')
    assert (values["x"], values["s"]) == ("", 1.5)


def test_more_rows_than_a_sheet_holds_are_refused() -> None:
    """The sentence names another format."""
    check_room(ResultFormat.XLSX, MAX_SHEET_ROWS)
    check_room(ResultFormat.CSV, MAX_SHEET_ROWS + 1)
    with pytest.raises(InvalidInputError, match="holds 1,048,575 rows"):
        check_room(ResultFormat.XLSX, MAX_SHEET_ROWS + 1)


def test_columns_are_named_as_in_excel_and_long_cells_are_cut() -> None:
    """Excel opens neither other names nor longer cells."""
    assert [column_names(703)[at] for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert len(row(1, ["x" * 40_000])) < 33_000
