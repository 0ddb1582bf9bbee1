"""Whatever was guessed can be set, and what a client sets is not asked about."""

import codecs

import pytest

from emojify_core.batches.reading.ingest import look
from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.batches.reading.report import UnsureReadingError
from emojify_core.errors import BatchFileError
from support.batch_files import ingested, texts_of

JOY = "I passed my driving test and danced around the kitchen."
SAD = "Our old dog died and the house is so quiet now."


def test_a_byte_order_mark_belongs_to_no_column() -> None:
    """Clients name the encoding of a file that has one."""
    content = codecs.BOM_UTF8 + f"text,id\n{JOY},1\n".encode()
    assert texts_of(content, "a.csv", encoding="utf-8", column="text") == [JOY]


def test_a_named_column_settles_the_header() -> None:
    """Its name stands in the first row."""
    content = "so happy today\nthey lied to me\nI miss my dog\n"
    assert texts_of(content, "a.csv", column="so happy today", guess=False)[0] == "they lied to me"
    assert len(texts_of(content, "a.csv", header=False, guess=False)) == 3


def test_lines_can_be_skipped() -> None:
    """Also those that look like a table."""
    content = f"a,b\n1,2\nid,text\n7,{JOY}\n8,{SAD}\n"
    assert texts_of(content, "a.csv", skip_lines=2) == [JOY, SAD]
    assert texts_of(f"x\ny\n{content}", "a.csv", skip_lines=4, quote="none") == [JOY, SAD]
    with pytest.raises(BatchFileError, match="99 lines") as refused:
        ingested(content, "a.csv", skip_lines=99)
    assert refused.value.field == "skip_lines"


def test_the_quoting_can_be_set() -> None:
    """Each way gives other cells."""
    content = "id,text\n1,'so happy, yes'\n2,\"so sad\"\n"
    assert texts_of(content, "a.csv", quote="single")[0] == "so happy, yes"
    assert texts_of(content, "a.csv", quote="none")[1] == '"so sad"'
    assert texts_of(content, "a.csv", quote="double")[1] == "so sad"
    with pytest.raises(BatchFileError, match="double, single") as refused:
        ingested(content, "a.csv", quote="some")
    assert refused.value.field == "quote"


def test_rows_far_below_decide_too() -> None:
    """The first hundred may be blank."""
    rows = [f"{n},not answered," for n in range(100)]
    rows += [f"{n},answered,I was happy on day {n}" for n in range(20)]
    assert ingested("id,status,what_happened\n" + "\n".join(rows), "a.csv")[0].column == (
        "what_happened"
    )


def test_a_guess_of_the_encoding_is_told() -> None:
    """It may be wrong, and the file runs."""
    content = f"id,text\n1,{JOY} Café\n".encode("cp1252")
    reading = look([content], LayoutOptions(name="a.csv"))
    assert reading.notes == ("The encoding cp1252 is a guess.",)
    assert reading.sure
    assert look([content], LayoutOptions(name="a.csv", encoding="cp1252")).notes == ()


def test_a_reading_tells_odd_rows_and_lines() -> None:
    """They are counted as people count them."""
    content = f"Report\n\nid,text,n\n1,{JOY},2\n2,{SAD}\n3,{JOY},4\n"
    reading = look([content.encode()], LayoutOptions(name="a.csv"))
    assert (reading.skip_lines, reading.header_lines, reading.rows_examined) == (2, 1, 3)
    (odd,) = reading.odd_rows
    assert (odd.row, odd.reason) == (2, "It has 2 cells instead of 3.")


def test_a_row_of_words_after_the_header_is_asked_about() -> None:
    """It may be a second line of the header, or a row that says "unknown"."""
    content = "text,wait\nI was so sad,unknown\nI was so glad,3\nI was afraid,4\n"
    with pytest.raises(UnsureReadingError, match="may belong to it") as refused:
        ingested(content, "a.csv", guess=False)
    assert refused.value.field == "header"
    assert len(texts_of(content, "a.csv", header=True)) == 3
    assert len(texts_of(content, "a.csv")) == 2
