"""Repeated and contradicting corrections."""

from emojify_core.ml.correction_learning.labelled_text import LabelledText, exclude_texts, merge


def test_repeated_corrections_become_one_with_more_votes() -> None:
    """Several people who give a text the same label make one firmer correction."""
    merged = merge(
        [
            LabelledText("a", "What a day!", 0),
            LabelledText("b", "It rained.", 3),
            LabelledText("c", "what a   DAY !!", 0),
        ]
    )
    assert merged.kept == (
        LabelledText("b", "It rained.", 3),
        LabelledText("c", "what a   DAY !!", 0, votes=2),
    )
    assert merged.repeats == {"a": "c"}
    assert merged.superseded == {}


def test_the_last_of_contradicting_corrections_wins() -> None:
    """A person can change their mind; earlier votes for the last label still count."""
    merged = merge(
        [
            LabelledText("a", "What a day!", 0),
            LabelledText("b", "What a day!", 2),
            LabelledText("c", "What a day!", 0),
        ]
    )
    assert merged.kept == (LabelledText("c", "What a day!", 0, votes=2),)
    assert merged.repeats == {"a": "c"}
    assert merged.superseded == {"b": "c"}


def test_exclude_texts_compares_normalized_texts() -> None:
    """A new correction of a text takes the place of an earlier one."""
    earlier = [LabelledText("a", "One.", 0), LabelledText("b", "Two.", 1)]
    assert exclude_texts(earlier, [LabelledText("c", "two .", 5)]) == (earlier[0],)
