"""Results have the columns of the file and the prediction, and are safe to open."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.answer import Answer
from emojify_core.batches.reading.layout import Layout
from emojify_core.batches.reading.rows import read_rows
from emojify_core.batches.results.formulas import escape_formula
from emojify_core.batches.results.table import COLUMNS, ResultFormat, ResultTable
from emojify_core.batches.results.writer import open_writer
from support.batch_files import answer, as_csv, ingested, silent

MORE = ("-inf", "-1 234,50", "-33.8688, 151.2", "-5 \u00b0C", "+49 170 1234567", "-")
CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)


def written(content: str, name: str, format_: str, *answers: Answer) -> str:
    """Return the results of a file with these predictions, by default the same for each row."""
    layout, stored = ingested(content, name)
    rows = list(read_rows(stored[layout.start :], layout))
    columns = dict.fromkeys([*layout.columns, *(name for row in rows for name in row.values)])
    writer = open_writer(ResultFormat(format_), ResultTable(layout, tuple(columns), 3, stored))
    predictions = answers or (answer(),) * len(rows)
    return (writer.header() + writer.rows(rows, predictions) + writer.end({})).decode()


def table(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    """Read a CSV as a spreadsheet would."""
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def lines(text: str) -> list[dict[str, Any]]:
    """Read JSON Lines."""
    return [json.loads(line) for line in text.splitlines()]


def test_csv_has_the_columns_of_the_file_then_the_prediction() -> None:
    """The rows keep their order; seventeen columns are added."""
    out = written("id,text,x\n1,We won,a\n2,We lost,b\n", "a.csv", "csv", answer(0), answer(3, 0.9))
    first, second = table(out)
    assert list(first) == ["id", "text", "x", *COLUMNS]
    assert (first["id"], first["text"], first["label"], first["emoji"]) == (
        *("1", "We won"),
        *("joy", "😄"),
    )
    assert (first["confidence"], first["joy"], first["model_version"], first["error"]) == (
        *("0.7", "0.7"),
        *("3", ""),
    )
    assert (second["label"], second["sadness"], second["joy"]) == ("sadness", "0.9", "0.0167")


def test_json_lines_keep_the_types_of_values() -> None:
    """Numbers stay numbers and objects stay objects."""
    out = written('{"id": 1, "text": "We won", "more": {"a": [1]}}\n', "a.jsonl", "jsonl")
    assert lines(out) == [
        {
            "id": 1,
            "text": "We won",
            "more": {"a": [1]},
            "label": "joy",
            "emoji": "😄",
            "confidence": 0.7,
            "joy": 0.7,
            **dict.fromkeys(("fear", "anger", "sadness", "disgust", "shame", "guilt"), 0.05),
            "model_version": 3,
            "error": None,
            "emotional": None,
            "none": False,
            "understood": True,
            "confident": True,
        }
    ]


def test_each_format_can_be_fetched_as_the_other() -> None:
    """A table can be fetched as JSON Lines, and the reverse."""
    rows = lines(written("id;text\n1;We won\n", "a.csv", "jsonl"))
    assert (rows[0]["id"], rows[0]["text"]) == ("1", "We won")
    first, second = table(
        written('{"text": "We won", "n": 1.5}\n{"text": "x", "o": {"é": []}}\n', "a.jsonl", "csv")
    )
    assert (first["n"], first["o"]) == ("1.5", "")
    assert (second["n"], second["o"]) == ("", '{"é": []}')
    assert table(written("We won\n", "a.txt", "csv"))[0]["text"] == "We won"


def test_a_table_keeps_its_delimiter() -> None:
    """A program that writes semicolons also reads semicolons."""
    assert table(written("id;text\n1;We won\n", "a.csv", "csv"), ";")[0]["label"] == "joy"
    assert table(written("text\nWe won\nyes\n", "a.csv", "csv"))[1]["text"] == "yes"


def test_a_failed_row_has_only_its_error() -> None:
    """The row stays in the result and says why it has no prediction."""
    failed = Answer(error=("blank", "Write at least one word."))
    row = table(written("id,text\n1,\n", "a.csv", "csv", failed))[0]
    assert (row["id"], row["label"], row["error"]) == ("1", "", "Write at least one word.")
    row = lines(written('{"text": ""}\n', "a.jsonl", "jsonl", failed))[0]
    assert (row["label"], row["joy"], row["error"]) == (None, None, "Write at least one word.")
    assert (row["emotional"], row["none"], row["understood"]) == (None, None, None)


def test_a_row_says_how_emotional_its_text_is() -> None:
    """A text of no clear emotion keeps its label; the columns are the last, the others stay."""
    content, spoken, quiet = "id,text\n1,We won\n2,Ten\n", answer(0), silent(1)
    first, second = table(written(content, "a.csv", "csv", spoken, quiet))
    assert list(first)[-5:] == ["error", *COLUMNS[-4:]]
    assert [first[name] for name in COLUMNS[-4:]] == ["", "false", "true", "true"]
    assert [second[name] for name in COLUMNS[-4:]] == ["0.1", "true", "true", "false"]
    assert second["label"] == "fear"
    row = lines(written(content, "a.csv", "jsonl", spoken, quiet))[1]
    assert [row[name] for name in COLUMNS[-4:]] == [0.1, True, True, False]


def test_columns_with_the_same_names_are_kept() -> None:
    """The labels in the file stand beside the labels of the model."""
    out = written("text,label\nWe won,anger\n", "a.csv", "csv")
    assert table(out)[0]["label"] == "anger"
    assert table(out)[0]["emojify_label"] == "joy"
    again = table(written(out, "a.csv", "csv"))
    assert (again[0]["emojify_label"], again[0]["_emojify_label"]) == ("joy", "joy")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_cells_that_a_spreadsheet_would_run_are_escaped(sign: str) -> None:
    """Opening results runs no formula, not even from the header."""
    cell = f"{sign}cmd|' /C calc'!A0"
    out = written(as_csv([["id", "text", cell], ["1", cell, cell]]), "a.csv", "csv")
    row = table(out)[0]
    assert row["text"] == f"'{cell}"
    assert all(value[:1] != sign for value in (*row, *row.values()))
    assert lines(written(as_csv([["id", "text"], ["1", cell]]), "a.csv", "jsonl"))[0]["text"] == (
        cell
    )


def spreadsheet_cells(line: str, delimiter: str) -> list[str]:
    """Split a file as a spreadsheet in another country does."""
    return [cell for row in csv.reader(io.StringIO(line, ""), delimiter=delimiter) for cell in row]


@pytest.mark.parametrize("split", [";", "\t", "|", ",", "\n", "\r\n"])
@pytest.mark.parametrize("file_delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "part",
    [
        *("=1+1", '=HYPERLINK("http://a.example")', "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)"),
        *('"=1+1"', '""=1', "=", "\uff1d1+1", "\ufe661+1"),
    ],
)
def test_a_spreadsheet_that_splits_elsewhere_runs_nothing(
    split: str, file_delimiter: str, part: str
) -> None:
    """Excel splits at semicolons in many countries, whatever the file's delimiter is."""
    cell = f"good{split}{part}"
    rows = [["id", "text", "more"], ["1", cell, "x"], ["2", f"=x{split}{split}{part}", cell]]
    out = written(as_csv(rows, file_delimiter, quoting=1), "a.csv", "csv")
    for delimiter in ",;\t|":
        for found in spreadsheet_cells(out, delimiter):
            assert found.lstrip('"')[:1] not in set("=+-@\uff1d\ufe66"), found


@pytest.mark.parametrize(
    "text",
    [
        *("I was sad; then I was happy.", "a|b", "5,- Euro", "x;y;z", "so; -- well", "no;", ";)"),
        *("\u2013;\u2013", "one\ntwo", "1;-5", "-1,234.50", "a, =b"),
    ],
)
def test_ordinary_texts_are_written_as_they_are(text: str) -> None:
    """Only a part that begins like a formula gets an apostrophe."""
    assert escape_formula(text) == text


@pytest.mark.parametrize("number", ["-1", "+1.5", "-1,234.50", "-.5", "-1e9", "-20%", *MORE])
def test_numbers_stay_numbers(number: str) -> None:
    """A sign before digits is not a formula."""
    assert escape_formula(number) == number
    assert escape_formula(f"{number}+cmd|' /C calc'!A0").startswith("'")


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=10))
def test_cells_survive_reading_and_writing(cells: list[list[str]]) -> None:
    """Any Unicode, quotes and line breaks come back."""
    layout = Layout.from_json(ingested("id,text\n1,a b\n", "a.csv")[0].to_json())
    rows = list(read_rows(as_csv(cells, quoting=csv.QUOTE_ALL).encode(), layout))
    writer = open_writer(ResultFormat.CSV, ResultTable(layout, layout.columns, 1))
    out = list(csv.reader(io.StringIO(writer.rows(rows, [answer()] * len(rows)).decode(), "")))
    assert [row[:2] for row in out] == [[escape_formula(cell) for cell in row] for row in cells]


def test_a_number_too_large_for_a_float_stays_valid_json() -> None:
    """Python would write Infinity, which other programs cannot read."""
    out = written('{"text": "We won", "n": 1e999, "m": -1e999, "o": 1.5}\n', "a.jsonl", "jsonl")
    row = json.loads(out, parse_constant=pytest.fail)
    assert (row["n"], row["m"], row["o"], row["label"]) == ("1e999", "-1e999", 1.5, "joy")


def test_half_of_a_surrogate_pair_does_not_lose_the_results() -> None:
    """JSON keeps it as an escape; CSV replaces it."""
    content = '{"text": "half \\ud83d of a pair"}\n'
    assert lines(written(content, "a.jsonl", "jsonl"))[0]["text"] == "half \ud83d of a pair"
    assert table(written(content, "a.jsonl", "csv"))[0]["text"] == "half ? of a pair"
