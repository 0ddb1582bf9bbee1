"""Columns get unique names, and a first row of data is not taken for a header."""

import json
import time

import pytest

from emojify_core.batches.reading.chunking import split
from emojify_core.batches.reading.column_detection import unique_column_names
from emojify_core.errors import BatchFileError
from emojify_core.limits import MAX_COLUMNS, MAX_HEADER_CELL, MAX_NAME, MAX_NAMES
from support.batch_files import as_csv, ingested, texts_of


def test_a_long_cell_of_digits_costs_one_pass() -> None:
    """A stranger sent 3 KB that cost the server minutes."""
    content = ("1" * 200_000 + "x,\n1,2\n").encode()
    start = time.process_time()
    ingested(content, "a.csv", column="1")
    assert time.process_time() - start < 1  # takes some milliseconds


def test_repeated_names_get_the_next_free_number() -> None:
    """Names stay as they are where they can."""
    assert unique_column_names(["a", "a", "a_2", "a", "", "a_3"]) == (
        *("a", "a_2", "a_2_2", "a_3", "column_5"),
        "a_3_2",
    )
    start = time.process_time()
    assert len(set(unique_column_names(["a"] * 20_000))) == 20_000
    assert time.process_time() - start < 1  # takes some milliseconds


def test_an_object_with_a_very_long_name_is_a_bad_row() -> None:
    """Its names do not become columns, which each task would read."""
    long = "n" * (MAX_NAME + 1)
    content = f'{{"text": "We won"}}\n{{"text": "x", "{long}": 1}}\n{{"text": "We lost"}}\n'
    assert texts_of(content, "a.jsonl") == ["We won", "<long_name>", "We lost"]
    layout, stored = ingested(content, "a.jsonl")
    assert split(stored, layout, layout.columns, whole=True).columns == ("text",)
    with pytest.raises(BatchFileError, match="longer than 200"):
        ingested(f'{{"text": "x", "{long}": 1}}\n', "a.jsonl")
    assert texts_of(content.replace(long, long[1:]), "a.jsonl")[1] == "x"


NAMES = {
    "too many": ([f"n{number}" for number in range(MAX_COLUMNS + 1)], "more than 500"),
    "too long": (["n" * (MAX_HEADER_CELL + 1)], "longer than 1,000"),
    "too long together": ([f"{n:0>190}" for n in range(MAX_NAMES // 190 + 1)], "together"),
}


@pytest.mark.parametrize("what", NAMES)
def test_too_many_or_too_long_names_are_refused(what: str) -> None:
    """Names are stored with the batch and read by each task."""
    names, sentence = NAMES[what]
    content = as_csv([["text", *names], ["We won", *("1" for _ in names)]])
    with pytest.raises(BatchFileError, match=sentence):
        ingested(content, "a.csv", header=True)
    if what != "too long":  # that is a bad row
        with pytest.raises(BatchFileError, match=sentence):
            ingested(json.dumps({"text": "x"} | dict.fromkeys(names, 1)), "a.jsonl")
