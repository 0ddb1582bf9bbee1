"""Columns get unique names, and a first row of data is not taken for a header."""

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from emojify_core.batches.reading.column_detection import is_header, unique_column_names
from support.batch_files import ingested

# What a number, date or time looks like. Its time is cubic, so it may only check short cells.
NUMBER = re.compile(r"\s*[+-]?[\d.,:/ %-]*\d[\d.,:/ %-]*\s*")


@given(st.text(st.sampled_from("+-.,:/ %019x\t\u0663²"), max_size=8))
def test_numbers_dates_and_times_are_no_column_names(cell: str) -> None:
    """A row with a number is data, in the digits of any script."""
    blank = not cell.strip()
    names_like = not cell.rstrip().endswith(".")
    expected = not NUMBER.fullmatch(cell) and names_like
    assert is_header(["id", cell]) is (True if blank and names_like else expected)


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
