"""Each format keeps what it promises: cells as sent, Excel's own signs, every digit."""

import csv
import io
import json

import pytest

from emojify_core.batches.reading.json_line import readable_source
from emojify_core.batches.reading.rows import read_rows
from emojify_core.batches.results.table import COLUMNS, ResultFormat, ResultTable
from emojify_core.batches.results.writer import open_writer
from support.batch_files import answer, ingested

SIGNS = (
    'id,phone,delta,text\r\n-A17,+49 170 1234567,-inf,"- too slow, I hate it"\r\n'
    '"=""007""",+1-555-0100,"-33.8688, 151.2",=) best day ever\r\n@anna,-,"-1 234,50",so happy\r\n'
)
EUROPEAN = '"id";"antwort";"wert"\n"1";"I was so happy";"3,5"\n"2";"I miss my dog";"-1,5"\n'


def written(content: str, name: str, format_: str) -> bytes:
    """Return the results of a file."""
    layout, stored = ingested(content, name, header=True if name == "a.csv" else None)
    rows = list(read_rows(stored[layout.start :], layout))
    table = ResultTable(layout, layout.columns, 3, stored)
    writer = open_writer(ResultFormat(format_), table)
    return writer.header() + writer.rows(rows, [answer()] * len(rows)) + writer.end({})


def cells(content: bytes, delimiter: str = ",") -> list[list[str]]:
    """Read a CSV."""
    return list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter))


def test_an_exact_csv_has_every_cell_as_it_was_sent() -> None:
    """So it can be joined by any key again."""
    sent = cells(SIGNS.encode())
    assert [row[:4] for row in cells(written(SIGNS, "a.csv", "csv-exact"))] == sent
    safe = [row[:4] for row in cells(written(SIGNS, "a.csv", "csv"))]
    assert safe[0] == sent[0]
    assert (safe[1][1:3], safe[2][2], safe[3][1:3]) == (sent[1][1:3], sent[2][2], sent[3][1:3])
    assert [row[0] for row in safe[1:]] == ["'-A17", '\'="007"', "'@anna"]


def test_a_csv_for_excel_has_its_mark_its_commas_and_the_file_s_line_ends() -> None:
    """Emoji are right and numbers are numbers, where semicolons separate the cells."""
    out = written(EUROPEAN, "a.csv", "csv-excel")
    assert out.startswith("\ufeff".encode())
    assert b"\r\n" not in out
    header, first, second = cells(out.removeprefix("\ufeff".encode()), ";")
    assert header[:3] == ["id", "antwort", "wert"]
    assert first[3:6] == ["joy", "😄", "0,7"]
    assert second[2] == "-1,5"
    assert b"0.7" in written(SIGNS, "a.csv", "csv-excel")
    assert written(SIGNS, "a.csv", "csv-excel").count(b"\n") == SIGNS.count("\r\n")
    assert written(SIGNS, "a.csv", "csv-exact").count(b"\r\n") == SIGNS.count("\r\n")


@pytest.mark.parametrize("format_", ["csv", "csv-excel", "csv-exact"])
def test_the_header_is_written_as_it_was_sent(format_: str) -> None:
    """Blanks, repeated names and empty cells too."""
    content = 'id," Note ",text,n,n,\n1,a,I was glad today,b,c,d\n2,d,I was so sad,e,f,g\n'
    out = written(content, "a.csv", format_).decode().removeprefix("\ufeff")
    assert cells(out.encode())[0][:6] == ["id", " Note ", "text", "n", "n", ""]


@pytest.mark.parametrize("taken", ["label", "Label", "ERROR", " Confident "])
def test_added_names_never_clash_whatever_their_case(taken: str) -> None:
    """All get the prefix, so that they stay together."""
    content = f"text,{taken}\nI was so glad,1\n"
    assert cells(written(content, "a.csv", "csv"))[0][2:] == [f"emojify_{name}" for name in COLUMNS]
    line = json.dumps({"text": "I was so glad", taken.strip(): 1})
    row = json.loads(written(line, "a.jsonl", "jsonl"))
    assert (row["emojify_label"], row[taken.strip()]) == ("joy", 1)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ('{"text": "so sad", "n": 1.10}', '{"text": "so sad", "n": 1.10'),
        ('{"n":12345678901234567.8900,"text":"so sad"}', '{"n":12345678901234567.8900,"text"'),
        ('  {"text": "so sad", "e": 1E5, "z": -0.0 }', '{"text": "so sad", "e": 1E5, "z": -0.0,'),
        (
            '{"text": "so NaN 1e999", "n": NaN, "m": -Infinity}',
            '"so NaN 1e999", "n": null, "m": null',
        ),
        ('{"text": "so \\"NaN\\" sad", "n": 0.10, "m": 1e999}', '"n": 0.10, "m": "1e999"'),
        ('{"text": "caf\\u00e9 was sad"}', '{"text": "caf\\u00e9 was sad", "label"'),
    ],
)
def test_json_lines_keep_every_digit(sent: str, kept: str) -> None:
    """What was an object is not written anew."""
    out = written(sent + "\n", "a.jsonl", "jsonl").decode()
    assert kept in out
    row = json.loads(out, parse_constant=pytest.fail)
    assert (row["label"], row["confident"]) == ("joy", True)


def test_a_line_without_a_number_out_of_range_stays() -> None:
    """Only what other programs cannot read changes."""
    assert readable_source(' {"a": "1e999", "b": 1e99}\n') == '{"a": "1e999", "b": 1e99}'
