"""Repeats and contradictions among corrections."""

from emojify_core.ml.correction_learning.labelled_text import LabelledText, merge, exclude_texts


def test_the_same_text_and_label_counts_once_with_more_votes() -> None:
    """Ten people who say the same thing make one correction, a firmer one."""
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


def test_of_contradicting_corrections_the_last_wins() -> None:
    """Who changes their mind is heard; who agrees with the last word adds to it."""
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


def test_exclude_texts_leaves_out_what_is_said_again() -> None:
    """An earlier correction of a text gives way to a new one of the same text."""
    earlier = [LabelledText("a", "One.", 0), LabelledText("b", "Two.", 1)]
    assert exclude_texts(earlier, [LabelledText("c", "two .", 5)]) == (earlier[0],)
