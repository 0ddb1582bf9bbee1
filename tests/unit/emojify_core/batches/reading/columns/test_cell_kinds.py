"""Cells are told apart by what they hold, in linear time."""

import time

import pytest

from emojify_core.batches.reading.columns.cell_kinds import Kind, count_words, is_number, kind_of


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        *(("", Kind.BLANK), (" \u200e", Kind.BLANK)),
        *(
            (cell, Kind.MISSING)
            for cell in ("NA", "n/a", "nan", "-", "--", "?", "[deleted]", "\\N")
        ),
        *((cell, Kind.NUMBER) for cell in ("12", "-1 234,50", "10:15", "4:3", "8(495)1", "9:00")),
        *((cell, Kind.FLAG) for cell in ("Yes", "no", "TRUE")),
        *(
            (cell, Kind.ADDRESS)
            for cell in (
                "https://a.b/c d"[:13],
                "www.a.b",
                "a@b.org",
                "/a/b/c",
                "C:/a/b",
                "a.org/b/c",
            )
        ),
        *(('{"a": 1}', Kind.JSON), ("tweet_17", Kind.CODE), ("A17", Kind.CODE)),
        ("Anna Maria Bach", Kind.NAME),
        *(
            (cell, Kind.TEXT)
            for cell in ("I won 3 times", "- too slow", ":)", "😭", "Best day ever!")
        ),
        *(
            (cell, Kind.TEXT)
            for cell in ("0/10 :(", "good/bad/ugly", "nothing", "看这里https://a.b/c太好了")
        ),
    ],
)
def test_a_cell_has_a_kind(cell: str, kind: Kind) -> None:
    """Texts are what none of the others is."""
    assert kind_of(cell) is kind


def test_a_long_cell_costs_one_pass() -> None:
    """What a stranger sends costs as much as it is long."""
    start = time.process_time()
    for unit in ("1", "a", " ", "-", "a@", "試", "{"):
        kind_of(unit * 1_000_000)
        is_number(unit * 1_000_000)
    assert time.process_time() - start < 2


def test_words_are_counted_in_any_script() -> None:
    """Chinese and Japanese write no spaces."""
    assert count_words("I won, really!") == 2
    assert count_words("通过考试的时候我非常高兴") == 6
