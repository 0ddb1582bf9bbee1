"""The summary of a batch does not depend on its chunks."""

import json

from hypothesis import given
from hypothesis import strategies as st

from emojify_core.answer import Answer
from emojify_core.batches.results.summary import Summary, merge, summarize, to_report
from emojify_core.labels import LABELS
from emojify_core.limits import LEAST_CERTAIN
from support.batch_files import answer, silent

ANSWERS = st.one_of(
    st.builds(answer, st.integers(0, 6), st.floats(0.2, 0.99).map(lambda p: round(p, 4))),
    st.builds(silent, st.integers(0, 6)),
    st.just(Answer(error=("blank", "Write at least one word."))),
)


@given(st.lists(ANSWERS, max_size=60), st.integers(1, 9))
def test_summaries_of_chunks_add_up(answers: list[Answer], size: int) -> None:
    """Counts, errors and the least certain rows do not depend on where chunks start."""
    parts = [
        Summary.from_json(json.loads(json.dumps(summarize(answers[at : at + size], at).to_json())))
        for at in range(0, len(answers), size)
    ]
    assert merge(parts) == merge(parts[::-1]) == summarize(answers, 0)


def test_the_least_certain_rows_have_their_row_number() -> None:
    """People find the rows with the lowest confidence in their file."""
    answers = [answer(number % 7, 0.3 + number / 100) for number in range(40)][::-1]
    whole = summarize(answers, 100)
    assert [row.row for row in whole.least] == [*range(139, 139 - LEAST_CERTAIN, -1)]
    assert whole.least[0] == (0.3, 139, "joy")
    assert sum(whole.counts.values()) == 40


def test_a_text_that_repeats_is_least_certain_once() -> None:
    """Ten times "ok" would hide nine other doubtful rows; people find the first of them."""
    repeated = [answer(0, 0.3)] * 20
    parts = [summarize(repeated, 0), summarize([*repeated, answer(0, 0.4), answer(1, 0.3)], 20)]
    expected = [(0.3, 0, "joy"), (0.3, 41, "fear"), (0.4, 40, "joy")]
    assert list(merge(parts).least) == list(merge(parts[::-1]).least) == expected


def test_rows_of_no_clear_emotion_are_counted_apart() -> None:
    """Every row has a label, as in the file; only some of them show it."""
    answers = [answer(0), silent(0), answer(3, 0.9), silent(1), silent(1)]
    report = to_report(summarize(answers, 0), "row {}".format)
    assert (report["rows"], report["none"], report["unsure"]) == (5, 3, 3)
    assert report["counts"] == dict.fromkeys(LABELS, 0) | {"joy": 2, "fear": 2, "sadness": 1}
    assert report["clear"] == dict.fromkeys(LABELS, 0) | {"joy": 1, "sadness": 1}
    assert [row["row"] for row in report["least_certain"]] == [1, 3], "silence is no doubt"


def test_a_summary_of_the_last_release_is_read() -> None:
    """A batch may have begun before an upgrade."""
    stored = summarize([answer(0)], 0).to_json()
    del stored["none"]
    assert Summary.from_json(stored) == summarize([answer(0)], 0)
