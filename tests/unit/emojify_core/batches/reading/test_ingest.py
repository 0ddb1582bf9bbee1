"""Uploaded files are stored with their layout, or refused with a clear sentence."""

import codecs
import gzip
import json

import pytest

from emojify_core.batches.reading.layout import NO_DELIMITER, FileFormat
from emojify_core.errors import BatchFileError
from support.batch_files import as_csv, ingested, texts_of

TABLE = [["id", "text", "score"], ["1", "I won, really!", "0.5"], ["2", "She\ncried.", "0.7"]]
TEXTS = ["I won, really!", "She\ncried."]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [0, 1])
def test_tables_of_any_dialect_are_read(delimiter: str, end: str, quoting: int) -> None:
    """Exports of every spreadsheet program, also with quoted line breaks."""
    content = as_csv(TABLE * 1, delimiter, lineterminator=end, quoting=quoting)
    layout, _ = ingested(content, "export.csv")
    assert (layout.format, layout.delimiter, layout.column) == (FileFormat.CSV, delimiter, "text")
    assert layout.columns == ("id", "text", "score")
    assert layout.header
    assert texts_of(content, "export.csv") == TEXTS


@pytest.mark.parametrize(
    "content", [b"", b" \n\r\n ", gzip.compress(b"", mtime=0), codecs.BOM_UTF8]
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.jsonl", ""])
def test_an_empty_file_is_refused(content: bytes, name: str) -> None:
    """The error comes at once."""
    with pytest.raises(BatchFileError, match="is empty"):
        ingested(content, name)


UNREADABLE = {
    "header only": (b"id,text\n", "header but no rows"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "an image"),
    "a spreadsheet": (b"PK\x03\x04" + b"\0" * 100, "save the sheet as CSV"),
    "a program": (b"\x7fELF\x02\x01\x01" + b"\0" * 500 + b"\x90" * 300, "not text"),
    "noise": (bytes(range(256)) * 40, "not text"),
    "NULs": (b"id,text\n1,a\0b\n2,some words\n", "NUL"),
    "10 MB in one cell": (b'id,text\n1,"' + b"word " * 2_000_000 + b'"\n', "longer than 1,024 KB"),
    "damaged gzip": (gzip.compress(b"text\nhello there\n" * 99)[:-40] + b"x" * 40, "damaged"),
    "half of a gzip": (gzip.compress(b"text\nhello there\n" * 99)[:-9], "ends too early"),
    "no words": (b"a,b\n1,2\n3,4\n", "No column seems to contain texts"),
}


@pytest.mark.parametrize("what", UNREADABLE)
@pytest.mark.parametrize("block", [100, 65536])
def test_unreadable_files_are_refused_with_a_sentence(what: str, block: int) -> None:
    """The sentence says what is wrong and what to do."""
    content, sentence = UNREADABLE[what]
    with pytest.raises(BatchFileError, match=sentence) as refused:
        ingested(content, "unreadable.csv", block=block)
    assert str(refused.value).endswith(".")


def test_a_missing_column_is_refused_with_a_list_of_columns() -> None:
    """The sender sees the right name and can correct a typing error."""
    with pytest.raises(BatchFileError, match=r"no column 'txt'.*'id', 'text', 'score'") as refused:
        ingested(as_csv(TABLE), "a.csv", column="txt")
    assert refused.value.field == "column"


@pytest.mark.parametrize("column", ["score", "SCORE", "3"])
def test_a_column_is_chosen_by_name_or_number(column: str) -> None:
    """Names ignore case; numbers start at 1."""
    layout, _ = ingested(as_csv(TABLE), "a.csv", column=column)
    assert layout.column == "score"
    assert texts_of(as_csv(TABLE), "a.csv", column=column) == ["<not_a_text>"] * 2


def test_repeated_column_names_get_a_number() -> None:
    """No column is lost; only a repeated name of the text column is refused."""
    content = as_csv([["a", "text", "a", "", ""], ["1", "Some words here.", "2", "3", "4"]])
    layout, _ = ingested(content, "a.csv")
    assert layout.columns == ("a", "text", "a_2", "column_4", "column_5")
    for column in ("text", None):
        with pytest.raises(BatchFileError, match="2 columns named 'text'") as refused:
            ingested(content.replace(",a,", ",text,"), "a.csv", column=column)
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
def test_the_text_column_is_detected(header: str, row: str, column: str) -> None:
    """Most files need no option."""
    assert ingested(f"{header}\n{row}\n", "a.csv")[0].column == column


def test_a_table_without_a_header_is_detected() -> None:
    """The first row counts as data, unless the client says otherwise."""
    content = "1,It made me cry.\n2,I was so happy.\n"
    assert texts_of(content, "a.csv") == ["It made me cry.", "I was so happy."]
    assert ingested(content, "a.csv")[0].columns == ("column_1", "column_2")
    assert len(texts_of(content, "a.csv", header=True)) == 1
    assert len(texts_of(as_csv(TABLE), "a.csv", header=False)) == 3


@pytest.mark.parametrize("head", ["text\n", ""])
def test_a_table_with_one_column_needs_no_quotes(head: str) -> None:
    """Commas in a list of sentences are part of the sentences."""
    content = f'{head}I won, really.\n"She said ""no"", and left.\nThen I cried."\n'
    layout, _ = ingested(content, "a.csv")
    assert layout.delimiter == NO_DELIMITER
    assert texts_of(content, "a.csv") == [
        "I won, really.",
        'She said "no", and left.\nThen I cried.',
    ]


def test_a_sep_line_and_spaces_after_commas_are_understood() -> None:
    """Excel writes the first; people type the second."""
    assert texts_of("sep=;\nid;text\n1;We won, yes\n", "a.csv") == ["We won, yes"]
    assert texts_of('id, text\n1, "We won, yes"\n', "a.csv") == ["We won, yes"]


def test_a_json_document_becomes_json_lines() -> None:
    """A list is what most programs write; its numbers stay as they were."""
    items = [{"text": "We won at last", "n": 1.50}, {"text": "We lost again", "n": 2}]
    for content in (
        json.dumps(items),
        json.dumps(items, indent=2),
        "[\n" + ",\n".join(map(json.dumps, items)) + "\n]",
        json.dumps({"name": "a chat", "messages": items}),
        json.dumps({"name": "a chat", "messages": items}, indent=1),
    ):
        for name in ("a.json", "a.jsonl", ""):
            assert texts_of(content, name, block=7) == ["We won at last", "We lost again"]
    exact = '[{"text": "a b c", "n": 1.10000000000000000001}]'
    assert b"1.10000000000000000001" in ingested(exact, "a.json")[1]
    assert texts_of(json.dumps(["We won", "We lost"], indent=2), "a.json") == ["We won", "We lost"]


@pytest.mark.parametrize(
    "content", ['[{"text": "a b c"}', '[{"text": "a b c"} {}]', '{\n"a": 1}', "[\n]", '[{"text": ']
)
def test_broken_json_is_refused(content: str) -> None:
    """No row is lost silently."""
    with pytest.raises(BatchFileError, match="JSON"):
        ingested(content, "a.json")


@pytest.mark.parametrize(
    ("content", "options", "format_"),
    [
        ("a b c\n", {}, FileFormat.TEXT),
        ("id,text\n1,a b c\n2,d e f\n", {}, FileFormat.CSV),
        ('{"text": "a b c"}\n', {}, FileFormat.JSONL),
        ("id,text\n1,a b c\n", {"content_type": "text/csv; charset=utf-8"}, FileFormat.CSV),
        ("id,text\n1,a b c\n", {"content_type": "text/plain"}, FileFormat.TEXT),
        ("id,text\n1,a b c\n", {"name": "A.TXT"}, FileFormat.TEXT),
        ("id,text\n1,a b c\n", {"name": "a.txt", "format": "csv"}, FileFormat.CSV),
    ],
)
def test_the_format_comes_from_option_name_type_or_content(
    content: str, options: dict[str, str], format_: FileFormat
) -> None:
    """An explicit format wins over the name, that over the type, that over the content."""
    assert ingested(content, **options)[0].format is format_  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("option", "value"), [("format", "xls"), ("delimiter", ""), ("delimiter", "ab")]
)
def test_an_invalid_option_is_refused_by_name(option: str, value: str) -> None:
    """The error names the option."""
    with pytest.raises(BatchFileError) as refused:
        ingested(as_csv(TABLE), "a.csv", **{option: value})  # type: ignore[arg-type]
    assert refused.value.field == option
