"""The column is chosen by rows from the whole file."""

import pytest

from emojify_core.limits import SAMPLE
from support.batch_files import ingested

BLANK = SAMPLE // 20  # rows that fill the beginning, and more


@pytest.mark.parametrize("block", [3_000, 65_536])
def test_texts_that_start_late_are_found(block: int) -> None:
    """Old rows may lack a question that was asked later."""
    rows = [f"{number},see the attached file please," for number in range(BLANK)]
    rows += [
        f"{number},see the attached file please,I was happy on day {number}"
        for number in range(BLANK)
    ]
    content = "id,note,story\n" + "\n".join(rows) + "\n"
    assert ingested(content, "a.csv", block=block)[0].column == "story"
    assert ingested(content, "a.csv", block=block, column="note")[0].column == "note"


def test_a_long_file_of_one_kind_keeps_its_column() -> None:
    """Pieces that start inside a quoted cell change nothing."""
    rows = [
        f'{number},"I was happy,\non day {number}, with 3,5 friends"' for number in range(BLANK)
    ]
    assert ingested("id,text\n" + "\n".join(rows) + "\n", "a.csv")[0].column == "text"
