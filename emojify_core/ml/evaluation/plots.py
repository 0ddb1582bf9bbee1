"""Plots of an evaluation, as PNG files; no display needed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from emojify_core.labels import EMOTIONS
from emojify_core.ml.evaluation.evaluate import Evaluation
from emojify_core.ml.model.calibration import expected_calibration_error, reliability_bins

DOTS_PER_INCH = 150
BINS = 10  # of confidence; fewer than for the calibration error, so that each has enough rows
INK, FAINT, BLUE, ORANGE = "#1f2430", "#9aa1ad", "#2b6cb0", "#dd6b20"
DARK_CELL = 0.5  # from this share on, white digits are easier to read


def save_figures(evaluation: Evaluation, folder: Path) -> Sequence[Path]:
    """Write `confusion.png` and `reliability.png` to `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {"confusion": draw_confusion(evaluation), "reliability": draw_reliability(evaluation)}
    paths = []
    for name, figure in drawn.items():
        path = folder / f"{name}.png"
        # Without date and version the same evaluation gives the same bytes.
        figure.savefig(path, dpi=DOTS_PER_INCH, metadata={"Software": None})
        paths.append(path)
    return paths


def draw_confusion(evaluation: Evaluation) -> Figure:
    """Draw the confusion matrix: shares of each true class, with the counts below them."""
    counts = evaluation.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)  # (true, predicted)
    figure = _canvas(7.4, 6.8)
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (true, predicted), share in np.ndenumerate(shares):
        colour = "white" if share >= DARK_CELL else INK
        text = f"{share:.0%}\n{counts[true, predicted]}"
        axes.text(predicted, true, text, ha="center", va="center", color=colour, fontsize=9)
    titles = [emotion.title for emotion in EMOTIONS]
    axes.set_xticks(range(len(titles)), titles)
    axes.set_yticks(range(len(titles)), titles)
    axes.set_xlabel("Predicted emotion")
    axes.set_ylabel("True emotion")
    axes.set_title(f"Predictions on {evaluation.data} ({evaluation.rows:,} texts)", loc="left")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def draw_reliability(evaluation: Evaluation) -> Figure:
    """Draw the reliability diagram (accuracy by confidence) above a histogram of confidence."""
    probabilities = evaluation.predictions.probabilities
    confidence, accuracy, rows = reliability_bins(probabilities, evaluation.labels, BINS)
    error = expected_calibration_error(probabilities, evaluation.labels)
    figure = _canvas(6.4, 6.8)
    upper, lower = figure.subplots(2, 1, height_ratios=[4, 1], sharex=True)
    upper.plot([0, 1], [0, 1], color=FAINT, linestyle="--", label="perfect calibration")
    filled = rows > 0
    # Two standard errors of a proportion: chance moves a point by about this much.
    spread = 2 * np.sqrt(accuracy[filled] * (1 - accuracy[filled]) / rows[filled])
    points = (confidence[filled], accuracy[filled])
    upper.errorbar(*points, yerr=spread, color=BLUE, marker="o", capsize=3, label="the model")
    upper.set_ylim(0, 1)
    upper.set_ylabel("Accuracy")
    upper.set_title(
        f"Calibration on {evaluation.data}\nexpected calibration error {error:.3f}", loc="left"
    )
    upper.legend(frameon=False, loc="upper left")
    lower.bar((np.arange(BINS) + 0.5) / BINS, rows, width=0.9 / BINS, color=ORANGE)
    lower.set_xlim(0, 1)
    lower.set_ylabel("Texts")
    lower.set_xlabel("Highest probability")
    for axis in (upper.xaxis, upper.yaxis, lower.xaxis):
        axis.set_major_formatter(PercentFormatter(1))
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _canvas(width: float, height: float) -> Figure:
    """Return an empty figure, inches wide and high, that needs no window system."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
