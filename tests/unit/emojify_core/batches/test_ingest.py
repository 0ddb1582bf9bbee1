"""Files as people have them: found out how they are to be read, or refused in a sentence."""

import codecs
import gzip
import io
import json
import os
import zlib
from collections.abc import Iterator

import pytest

from emojify_core.batches import decompression
from emojify_core.batches.layout import NO_DELIMITER, Format
from emojify_core.errors import BatchFileError, BatchTooLargeError
from support.batch_files import as_csv, rows_of, taken_in, texts_of

TABLE = [["id", "text", "score"], ["1", "I won, really!", "0.5"], ["2", "She\ncried.", "0.7"]]
TEXTS = ["I won, really!", "She\ncried."]
UMLAUTS = "Ich fühlte mich schrecklich – “wirklich”, naïve Café.\n"


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
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("block", [1, 7, 65536])
def test_encodings_are_found_out(encoding: str, found: str, block: int) -> None:
    """Whatever a program saved a file as, it is stored as UTF-8 without a mark."""
    layout, stored = taken_in(UMLAUTS.encode(encoding), "a.txt", block=block)
    assert stored == UMLAUTS.encode()
    assert layout.encoding == found


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Я был очень рад, когда сдал экзамен. Мне было страшно ночью.\n"),
        ("shift_jis", "試験に合格したとき、とても嬉しかった。夜道が怖かった。\n"),
        ("gb18030", "通过考试的时候我非常高兴。晚上一个人走路很害怕。\n"),
    ],
)
def test_encodings_of_other_scripts_are_found_out(encoding: str, text: str) -> None:
    """Files from before Unicode, with much plain ASCII around."""
    plain = "It was a long and sunny day.\n" * 500
    assert taken_in((plain + text).encode(encoding), "a.txt")[1].decode() == plain + text


def test_an_encoding_can_be_named() -> None:
    """Where several fit, the client knows better."""
    polish = "Byłem bardzo szczęśliwy, gdy zdałem egzamin. Żółć.\n"
    assert taken_in(polish.encode("cp1250"), "a.txt", encoding="cp1250")[1].decode() == polish
    for name in ("nonsense", "rot13", "zip", "\0"):
        with pytest.raises(BatchFileError, match="not known here") as refused:
            taken_in("a", encoding=name)
        assert refused.value.field == "encoding"


def test_bytes_of_another_encoding_far_into_a_file_are_refused() -> None:
    """Nothing is replaced silently; the sentence says where to look."""
    content = b"plain ascii\n" * 100_000 + "Caf\xe9\n".encode("cp1252")
    with pytest.raises(BatchFileError, match=r"1,200,003 bytes .* not UTF-8"):
        taken_in(content, "a.txt")


@pytest.mark.parametrize("block", [1, 1000, 1 << 20])
def test_gzip_is_unpacked(block: int) -> None:
    """Packed files are read as if they were not, also several packed ones in a row."""
    half = gzip.compress(as_csv(TABLE).encode())
    assert texts_of(half, "export.csv.gz", block=block) == TEXTS
    more = half + gzip.compress(b"3,More of it,1\n") + b"\0" * 20
    assert texts_of(more, "export.csv.gz", block=block) == [*TEXTS, "More of it"]


def test_a_gzip_bomb_is_refused_before_it_bursts() -> None:
    """A file of 100 KB does not become 100 MB on our disk."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"bomb\n" * 200_000) for _ in range(100)) + packer.flush()
    target = io.BytesIO()
    with pytest.raises(BatchTooLargeError, match="250 times"):
        target.write(taken_in(bomb, "a.txt.gz")[1])
    assert len(bomb) < 200_000


def test_gzip_in_countless_parts_is_refused_before_all_of_it_came() -> None:
    """Each part is a moment's work: a hundred million of them would keep the server for hours."""
    sent = 0

    def blocks() -> Iterator[bytes]:
        nonlocal sent
        while sent < 100:
            sent += 1
            yield gzip.compress(b"") * 5_000

    with pytest.raises(BatchFileError, match="thousands of parts"):
        list(decompression.unpacked(blocks()))
    assert sent == 1


def test_a_log_that_was_packed_line_by_line_is_read() -> None:
    """Joined gzip files are one, also hundreds of small ones, and thousands of larger ones."""
    lines = [f"Line {n} of a log." for n in range(900)]
    packed = b"".join(gzip.compress(f"{line}\n".encode()) for line in lines)
    assert texts_of(packed, "a.txt.gz") == lines
    larger = gzip.compress(os.urandom(600).hex().encode() + b"\n")
    assert len(texts_of(larger * 2_000, "a.txt.gz", block=100_000)) == 2_000


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound holds for what is sent and for what it unpacks to."""
    monkeypatch.setattr(decompression, "MAX_FILE", 1_000_000)
    content = b"some words here\n" * 100_000
    for name, data in (("a.txt", content), ("a.txt.gz", gzip.compress(content))):
        with pytest.raises(BatchTooLargeError, match="several files"):
            taken_in(data, name)


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


def test_long_and_blank_texts_are_their_row_s_problem() -> None:
    """What cannot be answered does not stop the rest."""
    content = as_csv([["id", "text"], ["1", "x" * 5001], ["2", " "], ["3", "fine words"]])
    assert texts_of(content, "a.csv") == ["<too_long>", "<blank>", "fine words"]
