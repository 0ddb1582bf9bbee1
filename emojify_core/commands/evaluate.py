"""`emojify evaluate`: how good a model is on texts it was not trained on."""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emojify_core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emojify_core.ml.evaluation.evaluate import Evaluation

TITLES = {
    "accuracy": "Accuracy",
    "macro_f1": "Macro-F1",
    "top_2_accuracy": "Right among the first two",
    "nll": "Negative log-likelihood",
    "ece": "Expected calibration error",
    "coverage": "Answered with confidence",
    "confident_accuracy": "Accuracy when confident",
}


@click.command(epilog="Example: emojify evaluate --figures docs/figures")
@click.option(
    "--model",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A model folder; give several to compare them. [default: the shipped model]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--figures",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also draw the confusion matrix and the reliability of the first model there.",
)
@click.option("--starter", is_flag=True, help="Judge on the starter sentences in any case.")
def evaluate(
    folders: tuple[Path, ...], *, as_json: bool, figures: Path | None, starter: bool
) -> None:
    """Measure a model on the article's 1,496 test rows of PsychExp.

    Without PsychExp the project's own starter sentences serve. Intervals are 95 %, from 1,000
    bootstrap resamples of the rows.
    """
    from emojify_core.ml.data import psychexp  # noqa: PLC0415 - ONNX Runtime
    from emojify_core.ml.evaluation import evaluate as evaluation  # noqa: PLC0415 - ONNX Runtime
    from emojify_core.ml.inference.predictor import Predictor  # noqa: PLC0415
    from emojify_core.ml.model.artifact import SHIPPED  # noqa: PLC0415

    settings = Settings.from_env()
    path = None if starter else psychexp.find_psychexp(settings.psychexp, settings.home)
    test = evaluation.find_test_set(path)
    results = [
        evaluation.evaluate(Predictor.load(folder), test) for folder in folders or (SHIPPED,)
    ]
    if as_json:
        documents = [result.to_dict() for result in results]
        click.echo(json.dumps(documents if len(documents) > 1 else documents[0], indent=2))
    else:
        if path is None and not starter:
            click.echo("PsychExp is not here (`emojify data fetch` gets it).", err=True)
        _print_all(results)
    if figures is not None:
        from emojify_core.ml.evaluation.plots import save_figures  # noqa: PLC0415 - matplotlib

        for drawn in save_figures(results[0], figures):
            click.echo(f"Drew {drawn}", err=True)


def _print_all(results: "Sequence[Evaluation]") -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to import

    console = Console()
    first = results[0]
    console.print(f"\n{first.rows:,} texts: {first.data}", highlight=False)
    if len(results) > 1:
        console.print(_comparison(results))
        return
    console.print(f"Model {first.model[:12]}\n", highlight=False)
    low, high = first.calibrated_ece
    console.print(_measures(first))
    console.print(
        "Were every probability exactly true, the calibration error would be "
        f"{_digits(low)} to {_digits(high)}.\n",
        highlight=False,
    )
    for table in (_classes(first), _confusion(first)):
        console.print(table)


def _comparison(results: "Sequence[Evaluation]") -> object:
    from rich.table import Column, Table  # noqa: PLC0415 - slow to import

    table = Table(
        Column("Measure", no_wrap=True), *(result.model[:8] for result in results), "Mean", "Sd"
    )
    for name, title in TITLES.items():
        values = [result.measures[name].value for result in results]
        mean = math.fsum(values) / len(values)
        spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
        table.add_row(title, *map(_digits, (*values, mean, spread)))
    return table


def _digits(value: float) -> str:
    """Three digits, or a dash where there was nothing to judge."""
    return "–" if math.isnan(value) else f"{value:.3f}"


def _measures(result: "Evaluation") -> object:
    from rich.table import Table  # noqa: PLC0415 - slow to import

    table = Table("Measure", "Value", "95 % interval")
    for name, title in TITLES.items():
        one = result.measures[name]
        table.add_row(title, _digits(one.value), f"{_digits(one.low)} to {_digits(one.high)}")
    return table


def _classes(result: "Evaluation") -> object:
    from rich.table import Table  # noqa: PLC0415 - slow to import

    table = Table("Emotion", "Precision", "Recall", "F1", "Texts")
    for row in result.classes:
        scores = [_digits(row[name]) for name in ("precision", "recall", "f1")]
        table.add_row(row["label"], *scores, f"{row['rows']:,}")
    return table


def _confusion(result: "Evaluation") -> object:
    from rich.table import Table  # noqa: PLC0415 - slow to import

    labels = [row["label"] for row in result.classes]
    table = Table("Felt \\ answered", *labels)
    for label, counts in zip(labels, result.confusion.tolist(), strict=True):
        table.add_row(label, *map(str, counts))
    return table
