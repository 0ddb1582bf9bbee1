"""Answer the rows of a file: the model classifies the texts, a row's own problem wins."""

from collections.abc import Callable, Sequence

from emojify_core.answer import Answer
from emojify_core.batches.reading.rows import Row


def answer_rows(
    rows: Sequence[Row], classify: Callable[[list[str]], Sequence[Answer]]
) -> list[Answer]:
    """Return one answer per row; a row that cannot be read gets its problem as the error."""
    answers = classify([row.text for row in rows])
    return [
        Answer(error=(row.problem.code, row.problem.message)) if row.problem else answer
        for row, answer in zip(rows, answers, strict=True)
    ]
