"""A bad row gets its own error and does not stop the others."""

import pytest

from emojify_core.errors import BatchFileError
from support.batch_files import as_csv, ingested, rows_of, texts_of


def test_ragged_rows_are_repaired_where_possible() -> None:
    """Short rows are filled up and a last text keeps its commas; other rows get an error."""
    content = "id,text\n1\n2,,,\n3,We won, yes, we did\n"
    assert texts_of(content, "a.csv") == ["<blank>", "<blank>", "We won, yes, we did"]
    content = "text,id\nWe won, yes,3\nWe won,3\n"
    assert texts_of(content, "a.csv") == ["<ragged>", "We won"]
    assert rows_of(content, "a.csv")[0].values == {"text": "We won", "id": " yes,3"}


def test_unclosed_quotes_are_reported() -> None:
    """A row that contains the rest of the file does not pass as a long text."""
    content = 'id,text\n1,fine words\n2,"never closed, yes\n3,more words, too\n'
    assert texts_of(content, "a.csv") == ["fine words", "<unclosed_quotes>"]
    with pytest.raises(BatchFileError, match="are not closed") as refused:
        ingested(content, "a.csv", guess=False)
    assert refused.value.field == "quote"


def test_stray_quotes_merge_no_rows_where_each_line_is_a_row() -> None:
    """They belong to the texts."""
    content = 'id,text\n1,fine words\n2,"never closed\n3,more words\n'
    assert texts_of(content, "a.csv") == ["fine words", '"never closed', "more words"]


def test_a_lone_carriage_return_breaks_only_its_row() -> None:
    """The rows around it are read."""
    content = "id,text\n1,good words\n2,bad\rwords\n3,good again\n"
    assert texts_of(content, "a.csv") == ["good words", "<not_a_row>", "good again"]


def test_files_of_old_macs_are_read() -> None:
    """Their lines end with a lone carriage return."""
    assert texts_of("id,text\r1,good words\r2,more words\r", "a.csv") == [
        "good words",
        "more words",
    ]


def test_json_lines_are_objects_or_strings() -> None:
    """A line that cannot be read gets its own error."""
    lines = [
        '{"id": 1, "text": "We won!"}',
        "",
        '{"id": 2, "text": null}',
        '"Just a string."',
        "[1, 2]",
        '{"text": "cut of',
        '{"text": "We lost.", "n": NaN}',
        '{"text": "half \\ud83d of a pair"}',
        "[" * 100_000,
        '{"n": ' + "9" * 5000 + "}",
    ]
    assert texts_of("\n".join(lines), "a.jsonl") == [
        "We won!",
        "<no_text>",
        "Just a string.",
        "<not_an_object>",
        "<not_json>",
        "We lost.",
        "<not_unicode>",
        *("<not_json>",) * 2,
    ]


@pytest.mark.parametrize(("before", "after"), [("[", "]"), ('{"a":', "}")])
def test_a_line_nests_at_most_a_hundred_lists_and_objects(before: str, after: str) -> None:
    """Python's json could read more than the web, in its deeper calls, can write as results."""
    few, many = (f'{{"text": "We won", "x": {before * n}1{after * n}}}\n' for n in (99, 100))
    brackets = '{"text": "' + "[" * 500 + ' we won"}\n'
    assert texts_of(few + many + brackets, "a.jsonl") == [
        "We won",
        "<not_json>",
        "[" * 500 + " we won",
    ]


def test_plain_text_has_one_text_per_line() -> None:
    """Blank lines count, so that row numbers match line numbers."""
    content = 'We won, yes!\r\n\r\n"Quotes" and, commas; stay.\nno line end'
    assert texts_of(content, "a.txt") == [
        "We won, yes!",
        "<blank>",
        '"Quotes" and, commas; stay.',
        "no line end",
    ]
    with pytest.raises(BatchFileError, match="no columns"):
        ingested(content, "a.txt", column="id")


def test_long_and_blank_texts_are_row_errors() -> None:
    """The other rows are read."""
    content = as_csv([["id", "text"], ["1", "x" * 5001], ["2", " "], ["3", "fine words"]])
    assert texts_of(content, "a.csv") == ["<too_long>", "<blank>", "fine words"]
