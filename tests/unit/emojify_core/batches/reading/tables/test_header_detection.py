"""The first row is a header if it differs from the rows below in type, length and repetition."""

import pytest

from emojify_core.batches.reading.tables.header_detection import header_evidence, is_sure

TEXTS = [
    ["1", "I passed my driving test and danced around the kitchen."],
    ["2", "Our old dog died and the house is so quiet now."],
]


@pytest.mark.parametrize(
    ("first", "header"),
    [
        (["id", "text"], True),
        (["Nummer", "Was ist geschehen?"], True),
        (["participant", "Please tell us what happened."], True),
        (["0", "They lied to me about the price and I am furious."], False),
        (["7", "x"], False),
    ],
)
def test_a_header_is_told_from_data(first: list[str], *, header: bool) -> None:
    """No question is asked."""
    evidence = header_evidence(first, TEXTS)
    assert (evidence > 0) is header
    assert is_sure(evidence)


def test_a_first_text_among_texts_stays_doubtful() -> None:
    """It may be a question that names the column."""
    body = [["they lied to me"], ["I miss my dog"]]
    assert not is_sure(header_evidence(["so happy today"], body))


def test_a_page_of_text_names_no_column() -> None:
    """A question may do so."""
    question = "How did you feel when it happened? " * 20
    assert header_evidence(["id", question], TEXTS) > 0
    assert header_evidence(["id", question * 2], TEXTS) < 0
