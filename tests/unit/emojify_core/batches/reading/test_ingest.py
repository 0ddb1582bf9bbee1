"""Files as people have them: found out how they are to be read, or refused in a sentence."""

import codecs
import gzip
import json

import pytest

from emojify_core.batches.reading.layout import NO_DELIMITER, Format
from emojify_core.errors import BatchFileError
from support.batch_files import as_csv, taken_in, texts_of

TABLE = [["id", "text", "score"], ["1", "I won, really!", "0.5"], ["2", "She\ncried.", "0.7"]]
TEXTS = ["I won, really!", "She\ncried."]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [0, 1])
def test_tables_of_any_dialect_are_read(delimiter: str, end: str, quoting: int) -> None:
    """Exports of every spreadsheet, quoted line ends in them too."""
    content = as_csv(TABLE * 1, delimiter, lineterminator=end, quoting=quoting)
    layout, _ = taken_in(content, "export.csv")
    assert (layout.format, layout.delimiter, layout.column) == (Format.CSV, delimiter, "text")
    assert layout.columns == ("id", "text", "score")
    assert layout.header
    assert texts_of(content, "export.csv") == TEXTS


@pytest.mark.parametrize(
    "content", [b"", b" \n\r\n ", gzip.compress(b"", mtime=0), codecs.BOM_UTF8]
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.jsonl", ""])
def test_an_empty_file_is_refused(content: bytes, name: str) -> None:
    """There is nothing to do, and that is said at once."""
    with pytest.raises(BatchFileError, match="is empty"):
        taken_in(content, name)


NASTY = {
    "header only": (b"id,text\n", "header and no rows"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "an image"),
    "a spreadsheet": (b"PK\x03\x04" + b"\0" * 100, "save the sheet as CSV"),
    "a program": (b"\x7fELF\x02\x01\x01" + b"\0" * 500 + b"\x90" * 300, "no text"),
    "noise": (bytes(range(256)) * 40, "no text"),
    "NULs": (b"id,text\n1,a\0b\n2,some words\n", "NUL"),
    "10 MB in one cell": (b'id,text\n1,"' + b"word " * 2_000_000 + b'"\n', "longer than 1,024 KB"),
    "damaged gzip": (gzip.compress(b"text\nhello there\n" * 99)[:-40] + b"x" * 40, "damaged"),
    "half of a gzip": (gzip.compress(b"text\nhello there\n" * 99)[:-9], "in the middle"),
    "no words": (b"a,b\n1,2\n3,4\n", "No column seems to hold texts"),
}


@pytest.mark.parametrize("what", NASTY)
@pytest.mark.parametrize("block", [100, 65536])
def test_nasty_files_are_refused_in_a_sentence(what: str, block: int) -> None:
    """Whoever sends one reads what is wrong with it and what to do."""
    content, sentence = NASTY[what]
    with pytest.raises(BatchFileError, match=sentence) as refused:
        taken_in(content, "nasty.csv", block=block)
    assert str(refused.value).endswith(".")


def test_a_column_that_is_not_there_is_refused_with_those_that_are() -> None:
    """A typing error is mended by reading."""
    with pytest.raises(BatchFileError, match=r"no column 'txt'.*'id', 'text', 'score'") as refused:
        taken_in(as_csv(TABLE), "a.csv", column="txt")
    assert refused.value.field == "column"


@pytest.mark.parametrize("column", ["score", "SCORE", "3"])
def test_a_column_is_named_or_numbered(column: str) -> None:
    """People know a column by its head or by its place."""
    assert texts_of(as_csv(TABLE), "a.csv", column=column) == ["0.5", "0.7"]


def test_columns_with_one_name_are_told_apart() -> None:
    """Nothing is lost of a file with two columns of one name, as long as the text's is clear."""
    content = as_csv([["a", "text", "a", "", ""], ["1", "Some words here.", "2", "3", "4"]])
    layout, _ = taken_in(content, "a.csv")
    assert layout.columns == ("a", "text", "a_2", "column_4", "column_5")
    for column in ("text", None):
        with pytest.raises(BatchFileError, match="2 columns called 'text'") as refused:
            taken_in(content.replace(",a,", ",text,"), "a.csv", column=column)
        assert refused.value.field == "column"
    twice = content.replace(",a,", ",text,")
    assert texts_of(twice, "a.csv", column="2") == ["Some words here."]


@pytest.mark.parametrize(
    ("header", "row", "column"),
    [
        ("id,comment,author", "1,It made me cry,Anna Maria Bach", "comment"),
        ("text_id,what did you feel?", "77,I was so happy that day", "what did you feel?"),
        ("Datum;Antwort;Alter", "2024-01-01;Ich war sehr froh;33", "Antwort"),
        ("message,text", "17,It was a nice day", "text"),
    ],
)
def test_the_column_with_the_texts_is_guessed(header: str, row: str, column: str) -> None:
    """Most files need no options."""
    assert taken_in(f"{header}\n{row}\n", "a.csv")[0].column == column


def test_a_table_without_a_header_is_told_by_its_numbers() -> None:
    """The first row is not lost where it is data."""
    content = "1,It made me cry.\n2,I was so happy.\n"
    assert texts_of(content, "a.csv") == ["It made me cry.", "I was so happy."]
    assert taken_in(content, "a.csv")[0].columns == ("column_1", "column_2")
    assert len(texts_of(content, "a.csv", header=True)) == 1
    assert len(texts_of(as_csv(TABLE), "a.csv", header=False)) == 3


@pytest.mark.parametrize("head", ["text\n", ""])
def test_a_table_of_one_column_needs_no_quotes(head: str) -> None:
    """A list of sentences called .csv is read as its owner means it."""
    content = f'{head}I won, really.\n"She said ""no"", and left.\nThen I cried."\n'
    layout, _ = taken_in(content, "a.csv")
    assert layout.delimiter == NO_DELIMITER
    assert texts_of(content, "a.csv") == [
        "I won, really.",
        'She said "no", and left.\nThen I cried.',
    ]


def test_excel_s_first_line_and_blanks_behind_commas_are_understood() -> None:
    """Two habits of programs and people."""
    assert texts_of("sep=;\nid;text\n1;We won, yes\n", "a.csv") == ["We won, yes"]
    assert texts_of('id, text\n1, "We won, yes"\n', "a.csv") == ["We won, yes"]


def test_a_json_document_is_not_json_lines() -> None:
    """The commonest mistake is told by its name."""
    for content in (
        '[{"text": "a b c"}]',
        '[\n{"text": "a b c"},\n{"text": "The last line is JSON."}\n]',
        json.dumps([{"text": "We won"}], indent=2),
        json.dumps(["We won", "We lost"], indent=2),
    ):
        with pytest.raises(BatchFileError, match="one object on each line"):
            taken_in(content, "a.jsonl")


@pytest.mark.parametrize(
    ("content", "options", "format_"),
    [
        ("a b c\n", {}, Format.TEXT),
        ("id,text\n1,a b c\n2,d e f\n", {}, Format.CSV),
        ('{"text": "a b c"}\n', {}, Format.JSONL),
        ("id,text\n1,a b c\n", {"content_type": "text/csv; charset=utf-8"}, Format.CSV),
        ("id,text\n1,a b c\n", {"content_type": "text/plain"}, Format.TEXT),
        ("id,text\n1,a b c\n", {"name": "A.TXT"}, Format.TEXT),
        ("id,text\n1,a b c\n", {"name": "a.txt", "format": "csv"}, Format.CSV),
    ],
)
def test_the_format_follows_from_option_name_type_and_content(
    content: str, options: dict[str, str], format_: Format
) -> None:
    """In this order: who says it, knows it."""
    assert taken_in(content, **options)[0].format is format_  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("option", "value"), [("format", "xls"), ("delimiter", ""), ("delimiter", "ab")]
)
def test_an_option_that_is_none_is_refused_by_its_name(option: str, value: str) -> None:
    """A typing error is not guessed around."""
    with pytest.raises(BatchFileError) as refused:
        taken_in(as_csv(TABLE), "a.csv", **{option: value})  # type: ignore[arg-type]
    assert refused.value.field == option
