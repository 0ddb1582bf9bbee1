"""Each row of a file is read by itself: a bad row does not stop the others."""

import pytest

from emojify_core.errors import BatchFileError
from support.batch_files import as_csv, rows_of, taken_in, texts_of


def test_ragged_rows_get_what_can_be_made_of_them() -> None:
    """A short row is filled up, a text with commas at the end is whole, others get an error."""
    content = "id,text\n1\n2,,,\n3,We won, yes, we did\n"
    assert texts_of(content, "a.csv") == ["<blank>", "<blank>", "We won, yes, we did"]
    content = "text,id\nWe won, yes,3\nWe won,3\n"
    assert texts_of(content, "a.csv") == ["<ragged>", "We won"]
    assert rows_of(content, "a.csv")[0].values == {"text": "We won", "id": " yes,3"}


def test_quotes_that_are_not_closed_are_told() -> None:
    """A row that swallowed the rest of the file does not look like a long text."""
    assert texts_of('id,text\n1,fine words\n2,"never closed\n3,more words\n', "a.csv") == [
        "fine words",
        "<unclosed_quotes>",
    ]


def test_a_lone_carriage_return_in_a_row_is_that_row_s_problem() -> None:
    """The rows around it are answered."""
    content = "id,text\n1,good words\n2,bad\rwords\n3,good again\n"
    assert texts_of(content, "a.csv") == ["good words", "<not_a_row>", "good again"]


def test_files_of_old_macs_are_read() -> None:
    """Their lines end with a carriage return alone."""
    assert texts_of("id,text\r1,good words\r2,more words\r", "a.csv") == [
        "good words",
        "more words",
    ]


def test_json_lines_are_objects_or_strings() -> None:
    """Each line by itself: one that cannot be read does not stop the others."""
    lines = [
        '{"id": 1, "text": "We won!"}',
        "",
        '{"id": 2, "text": null}',
        '"Just a string."',
        "[1, 2]",
        '{"text": "cut of',
        '{"text": NaN}',
        '{"text": "half \\ud83d of a pair"}',
        "[" * 100_000,
        '{"n": ' + "9" * 5000 + "}",
    ]
    assert texts_of("\n".join(lines), "a.jsonl") == [
        "We won!",
        "<no_text>",
        "Just a string.",
        "<not_an_object>",
        *("<not_json>",) * 2,
        "<not_unicode>",
        *("<not_json>",) * 2,
    ]


def test_plain_text_is_a_text_on_each_line() -> None:
    """Blank lines count, so that line numbers stay right."""
    content = 'We won, yes!\r\n\r\n"Quotes" and, commas; stay.\nno line end'
    assert texts_of(content, "a.txt") == [
        "We won, yes!",
        "<blank>",
        '"Quotes" and, commas; stay.',
        "no line end",
    ]
    with pytest.raises(BatchFileError, match="no columns"):
        taken_in(content, "a.txt", column="id")


def test_long_and_blank_texts_are_their_row_s_problem() -> None:
    """What cannot be answered does not stop the rest."""
    content = as_csv([["id", "text"], ["1", "x" * 5001], ["2", " "], ["3", "fine words"]])
    assert texts_of(content, "a.csv") == ["<too_long>", "<blank>", "fine words"]
