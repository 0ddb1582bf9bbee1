"""`emojify evaluate`: how good a model is on texts it was not trained on."""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emojify_core.commands.terminal.output import json_option, make_table
from emojify_core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@click.command(epilog="Example: emojify evaluate --figures docs/figures")
@click.option(
    "--model",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A model folder; repeat it to compare models. [default: the shipped model]",
)
@json_option
@click.option(
    "--figures",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write the first model's confusion matrix and reliability diagram to this folder.",
)
@click.option("--starter", is_flag=True, help="Use the starter sentences even if PsychExp is here.")
def evaluate(
    folders: tuple[Path, ...], *, as_json: bool, figures: Path | None, starter: bool
) -> None:
    """Measure a model on the article's 1,496 test rows of PsychExp.

    Without PsychExp, the project's starter sentences are used. Intervals are 95 %, from 1,000
    bootstrap resamples.
    """
    from emojify_core.ml.data.psychexp import find_psychexp  # noqa: PLC0415 - numpy
    from emojify_core.ml.evaluation.evaluate import evaluate_model, find_test_set  # noqa: PLC0415
    from emojify_core.ml.inference.predictor import Predictor  # noqa: PLC0415 - ONNX Runtime
    from emojify_core.ml.model.artifact import SHIPPED  # noqa: PLC0415

    settings = Settings.from_env()
    path = None if starter else find_psychexp(settings.psychexp, settings.home)
    test_set = find_test_set(path)
    results = [evaluate_model(Predictor.load(each), test_set) for each in folders or (SHIPPED,)]
    if as_json:
        documents = [result.to_dict() for result in results]
        click.echo(json.dumps(documents if len(documents) > 1 else documents[0], indent=2))
    else:
        if path is None and not starter:
            click.echo("PsychExp is not here; `emojify data fetch` downloads it.", err=True)
        _print(results)
    if figures is not None:
        from emojify_core.ml.evaluation.plots import save_figures  # noqa: PLC0415 - matplotlib

        for figure in save_figures(results[0], figures):
            click.echo(f"Wrote {figure}", err=True)


def _print(results: "Sequence[Evaluation]") -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to import

    console = Console(highlight=False)
    first = results[0]
    console.print(f"\n{first.rows:,} texts: {first.data}")
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
    for name, title in TITLES.items():
        values = np.array([result.measures[name].value for result in results])
        rows.append((title, *map(_digits, (*values, values.mean(), values.std(ddof=1)))))
    models = (result.model[:8] for result in results)
    return make_table((Column("Measure", no_wrap=True), *models, "Mean", "Sd"), rows)


def _digits(value: float) -> str:
    """Format with three digits, or a dash for a measure without rows."""
    return "–" if math.isnan(value) else f"{value:.3f}"


def _measures(result: "Evaluation") -> "Table":
    rows = ((title, result.measures[name]) for name, title in TITLES.items())
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
        ("Emotion", "Precision", "Recall", "F1", "Texts"),
        (
            (row["label"], *(_digits(row[score]) for score in scores), f"{row['rows']:,}")
            for row in result.classes
        ),
    )


def _confusion(result: "Evaluation") -> "Table":
    labels = [row["label"] for row in result.classes]
    rows = zip(labels, result.confusion.tolist(), strict=True)
    return make_table(("True \\ predicted", *labels), ((label, *counts) for label, counts in rows))
