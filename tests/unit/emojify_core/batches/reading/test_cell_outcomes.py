"""A cell without a text gets an outcome of its own, and comes back as it was."""

import pytest

from emojify_core.batches.reading.cell_outcomes import check_cell
from support.batch_files import as_csv, rows_of

NO_TEXTS = ("NA", "N/A", "n/a", "NULL", "nan", "None", "-", "--", ".", "?", "#N/A", "[deleted]")
NO_TEXTS += ("(empty)", "12", "-1 234,50", "2026-03-01 10:00", "+49 170 1234567", "a@b.org")
NO_TEXTS += (
    "https://example.com/a?b=c",
    "www.example.com",
    "<Media omitted>",
    " NA ",
    "no comment",
)
TEXTS = ("lol", "👍", ":)", "I won 3 times", "- too slow", "so happy https://example.com", "h8 it")
TEXTS += ("Nana was here", "He/she cried, and/or left", "day 5", "5 stars", "4 EUR too much")


@pytest.mark.parametrize("cell", NO_TEXTS)
def test_a_cell_without_a_text_has_its_own_error(cell: str) -> None:
    """The sentence shows what stands there."""
    problem = check_cell(cell)
    assert problem
    assert problem.code == "not_a_text"
    assert cell.strip() in problem.message
    (row,) = rows_of(as_csv([["id", "text"], ["1", cell]]), "a.csv", column="text")
    assert row.values["text"] == cell
    assert row.problem == problem


@pytest.mark.parametrize("cell", TEXTS)
def test_short_texts_are_answered(cell: str) -> None:
    """A sign, a number or an address in them does not matter."""
    assert check_cell(cell) is None
