"""The tables of `emojify evaluate`."""

import math
from typing import TYPE_CHECKING

from emojify_core.commands.terminal.output import make_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from emojify_core.ml.evaluation.evaluate import Evaluation

TITLES = {
    "accuracy": "Accuracy",
    "macro_f1": "Macro-F1",
    "top_2_accuracy": "Top-2 accuracy",
    "nll": "Negative log-likelihood",
    "ece": "Expected calibration error",
    "coverage": "Share of confident predictions",
    "confident_accuracy": "Accuracy when confident",
}
SILENCE_TITLES = {
    "shown_none": "Shown as no clear emotion",
    "neutral_shown_none": "Neutral: no clear emotion",
    "neutral_confident": "Neutral: confident",
    "auroc": "AUROC, emotional or neutral",
}


def print_evaluations(results: "Sequence[Evaluation]") -> None:
    """Print one model's measures, or compare several models."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    console = Console(highlight=False)
    first = results[0]
    console.print(f"\n{first.rows:,} texts: {first.data}")
    if first.neutral_rows:
        console.print(f"Besides {first.neutral_rows:,} neutral texts")
    if len(results) > 1:
        console.print(_comparison(results))
        return
    console.print(f"Model {first.model[:12]}\n")
    low, high = first.calibrated_ece
    console.print(_measures(first))
    console.print(
        "A perfectly calibrated model would have a calibration error of "
        f"{_digits(low)} to {_digits(high)} by chance.\n"
    )
    console.print(_classes(first), _confusion(first), sep="\n")


def _comparison(results: "Sequence[Evaluation]") -> "Table":
    import numpy as np  # noqa: PLC0415 - `emojify --help` stays fast
    from rich.table import Column  # noqa: PLC0415

    rows = []
    for name, title in (TITLES | SILENCE_TITLES).items():
        values = np.array([{**one.measures, **one.silence}[name].value for one in results])
        rows.append((title, *map(_digits, (*values, values.mean(), values.std(ddof=1)))))
    models = (result.model[:8] for result in results)
    return make_table((Column("Measure", no_wrap=True), *models, "Mean", "Sd"), rows)


def _digits(value: float) -> str:
    """Format with three digits, or a dash for a measure without rows."""
    return "–" if math.isnan(value) else f"{value:.3f}"


def _measures(result: "Evaluation") -> "Table":
    rows = [(title, result.measures[name]) for name, title in TITLES.items()]
    rows += [(title, result.silence[name]) for name, title in SILENCE_TITLES.items()]
    return make_table(
        ("Measure", "Value", "95 % interval"),
        (
            (title, _digits(one.value), f"{_digits(one.low)} to {_digits(one.high)}")
            for title, one in rows
        ),
    )


def _classes(result: "Evaluation") -> "Table":
    scores = ("precision", "recall", "f1")
    return make_table(
        ("Emotion", "Precision", "Recall", "F1", "Texts", "Answered", "Answered / true"),
        (
            (row["label"], *(_digits(row[score]) for score in scores), *_shares(row))
            for row in result.classes
        ),
    )


def _shares(row: "Mapping[str, int]") -> "Sequence[str]":
    """Return how often a class is true and answered, and how many times too often."""
    ratio = row["answered"] / row["rows"] if row["rows"] else math.nan
    return f"{row['rows']:,}", f"{row['answered']:,}", _digits(ratio)


def _confusion(result: "Evaluation") -> "Table":
    labels = [row["label"] for row in result.classes]
    rows = zip(labels, result.confusion.tolist(), strict=True)
    return make_table(("True \\ predicted", *labels), ((label, *counts) for label, counts in rows))
