"""Results: every column of the file as it was, then what the model says, safe to open."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.batches.reading.layout import Layout
from emojify_core.batches.reading.rows import read_rows
from emojify_core.batches.results.writer import COLUMNS, ResultFormat, Writer, escape_formula
from emojify_core.messages import Answer
from support.batch_files import answer, as_csv, taken_in

CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)


def written(content: str, name: str, format_: str, *answers: Answer) -> str:
    """Return the results of a file, each row with the answer in its place."""
    layout, stored = taken_in(content, name)
    rows = list(read_rows(stored[layout.start :], layout))
    columns = dict.fromkeys([*layout.columns, *(name for row in rows for name in row.values)])
    writer = Writer(ResultFormat(format_), layout, tuple(columns), 3)
    given_ = answers or (answer(),) * len(rows)
    return (writer.head() + writer.rows(rows, given_)).decode()


def table(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    """Read a CSV as a spreadsheet would."""
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def lines(text: str) -> list[dict[str, Any]]:
    """Read JSON Lines."""
    return [json.loads(line) for line in text.splitlines()]


def test_csv_has_every_column_and_then_ours() -> None:
    """The file comes back with eleven columns more, in its order."""
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


def test_json_lines_keep_values_as_they_are() -> None:
    """Numbers stay numbers and objects objects."""
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
        }
    ]


def test_either_format_comes_as_the_other() -> None:
    """What was sent as a table can be fetched as JSON Lines, and the reverse."""
    rows = lines(written("id;text\n1;We won\n", "a.csv", "jsonl"))
    assert (rows[0]["id"], rows[0]["text"]) == ("1", "We won")
    first, second = table(
        written('{"text": "We won", "n": 1.5}\n{"text": "x", "o": {"é": []}}\n', "a.jsonl", "csv")
    )
    assert (first["n"], first["o"]) == ("1.5", "")
    assert (second["n"], second["o"]) == ("", '{"é": []}')
    assert table(written("We won\n", "a.txt", "csv"))[0]["text"] == "We won"


def test_a_table_keeps_its_delimiter() -> None:
    """A spreadsheet that wrote semicolons reads semicolons."""
    assert table(written("id;text\n1;We won\n", "a.csv", "csv"), ";")[0]["label"] == "joy"
    assert table(written("text\nWe won\nyes\n", "a.csv", "csv"))[1]["text"] == "yes"


def test_a_row_with_an_error_has_it_and_nothing_else() -> None:
    """The row is there, and says why it has no answer."""
    failed = Answer(error=("blank", "Write at least one word."))
    row = table(written("id,text\n1,\n", "a.csv", "csv", failed))[0]
    assert (row["id"], row["label"], row["error"]) == ("1", "", "Write at least one word.")
    row = lines(written('{"text": ""}\n', "a.jsonl", "jsonl", failed))[0]
    assert (row["label"], row["joy"], row["error"]) == (None, None, "Write at least one word.")


def test_a_file_that_has_columns_with_our_names_keeps_them() -> None:
    """A person's own labels stand beside the model's."""
    out = written("text,label\nWe won,anger\n", "a.csv", "csv")
    assert table(out)[0]["label"] == "anger"
    assert table(out)[0]["emojify_label"] == "joy"
    again = table(written(out, "a.csv", "csv"))
    assert (again[0]["emojify_label"], again[0]["_emojify_label"]) == ("joy", "joy")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_cells_that_a_spreadsheet_would_run_are_made_harmless(sign: str) -> None:
    """Opening the results of a stranger's file runs nothing, not even from its header."""
    cell = f"{sign}cmd|' /C calc'!A0"
    out = written(as_csv([["id", "text", cell], ["1", cell, cell]]), "a.csv", "csv")
    row = table(out)[0]
    assert row["text"] == f"'{cell}"
    assert all(value[:1] != sign for value in (*row, *row.values()))
    assert lines(written(as_csv([["id", "text"], ["1", cell]]), "a.csv", "jsonl"))[0]["text"] == (
        cell
    )


@pytest.mark.parametrize("number", ["-1", "+1.5", "-1,234.50", "-.5", "-1e9", "-20%"])
def test_numbers_stay_numbers(number: str) -> None:
    """A minus before digits runs nothing."""
    assert escape_formula(number) == number
    assert escape_formula(f"{number}+cmd|' /C calc'!A0").startswith("'")


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=10))
def test_cells_come_back_as_they_went(cells: list[list[str]]) -> None:
    """Any Unicode, quotes and line ends survive the way in and out."""
    layout = Layout.from_json(taken_in("id,text\n1,a b\n", "a.csv")[0].to_json())
    rows = list(read_rows(as_csv(cells, quoting=csv.QUOTE_ALL).encode(), layout))
    writer = Writer(ResultFormat.CSV, layout, layout.columns, 1)
    out = list(csv.reader(io.StringIO(writer.rows(rows, [answer()] * len(rows)).decode(), "")))
    assert [row[:2] for row in out] == [[escape_formula(cell) for cell in row] for row in cells]


def test_a_number_that_is_too_large_makes_no_invalid_json() -> None:
    """Python would read it as infinity and write that, which other programs cannot read."""
    out = written('{"text": "We won", "n": 1e999, "m": -1e999, "o": 1.5}\n', "a.jsonl", "jsonl")
    row = json.loads(out, parse_constant=pytest.fail)
    assert (row["n"], row["m"], row["o"], row["label"]) == ("1e999", "-1e999", 1.5, "joy")


def test_half_of_a_surrogate_pair_is_written_somehow() -> None:
    """One such text in a file of thousands does not lose the results."""
    content = '{"text": "half \\ud83d of a pair"}\n'
    assert lines(written(content, "a.jsonl", "jsonl"))[0]["text"] == "half \ud83d of a pair"
    assert table(written(content, "a.jsonl", "csv"))[0]["text"] == "half ? of a pair"
