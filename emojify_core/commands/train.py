"""`emojify train`: make a model from PsychExp, from scratch."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emojify_core.commands.terminal.server_options import json_option, show_json
from emojify_core.errors import DataError
from emojify_core.settings import Settings

if TYPE_CHECKING:
    from emojify_core.ml.data.training_data import TrainingData
    from emojify_core.ml.model.artifact import Manifest
    from emojify_core.ml.model.config import TrainingConfig
    from emojify_core.ml.training.train import TrainingResult


@click.command(epilog="Example: emojify train --seed 1 --out build/seed-1")
@click.option("--seed", default=0, show_default=True, help="Same seed, same weights.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to put the model. [default: $EMOJIFY_HOME/trained]",
)
@click.option("--epochs", type=click.IntRange(1), help="Passes over the training rows, at most.")
@json_option
def train(seed: int, out: Path | None, epochs: int | None, *, as_json: bool) -> None:
    """Train the Bi-LSTM on PsychExp and write a model folder.

    The passes kept are those that do best on the validation rows; the test rows are not looked
    at. Takes some ten minutes on two cores.
    """
    from emojify_core.ml.data import goemotions, psychexp  # noqa: PLC0415 - numpy

    settings = Settings.from_env()
    path = psychexp.find_psychexp(settings.psychexp, settings.home)
    if path is None:
        raise DataError(
            "PsychExp, the training data, is not on this machine. Get it with "
            "`emojify data fetch`, or name the file in EMOJIFY_PSYCHEXP."
        )
    folder = (out or settings.home / "trained").absolute()
    with _stderr_hidden():
        from emojify_core.ml.training.save import save_trained  # noqa: PLC0415 - TensorFlow
    from emojify_core.ml.data.training_data import prepare_psychexp  # noqa: PLC0415
    from emojify_core.ml.model.config import TrainingConfig  # noqa: PLC0415

    chosen = TrainingConfig(seed=seed, **({"epochs": epochs} if epochs else {}))
    folder_of_texts = goemotions.default_folder(settings.home)
    data = prepare_psychexp(path, folder_of_texts, chosen.trust)
    click.echo(
        f"Learning from {len(data.labelled):,} labelled texts, {len(data.augmented):,} made of "
        f"them and {len(data.goemotions):,} of GoEmotions, judged on {len(data.validation):,}; "
        f"{len(data.vocabulary):,} words, seed {seed}.",
        err=as_json,
    )
    if not len(data.goemotions):
        click.echo(
            f"GoEmotions is not in {folder_of_texts} (`emojify data fetch-texts` gets it): "
            "learning without it; the model will differ from the shipped one by more than chance.",
            err=as_json,
        )
    trained = _run(chosen, data, as_json=as_json)
    manifest = save_trained(folder, data, chosen, trained)
    show_json(_said(manifest, folder)) if as_json else _report(manifest, folder)


def _run(settings: "TrainingConfig", data: "TrainingData", *, as_json: bool) -> "TrainingResult":
    from emojify_core.ml.training.train import EpochResult, train  # noqa: PLC0415 - TensorFlow

    def line(epoch: EpochResult) -> None:
        click.echo(
            f"epoch {epoch.number:>3}   loss {epoch.loss:.3f}   validation: "
            f"nll {epoch.validation_nll:.3f}   accuracy {epoch.validation_accuracy:.3f}   "
            f"macro-F1 {epoch.validation_macro_f1:.3f}",
            err=as_json,
        )

    with _progress() as on_batch:
        return train(settings, data, on_batch, line)


@contextmanager
def _stderr_hidden() -> Iterator[None]:
    """Keep back the lines about itself that TensorFlow's C++ writes when imported.

    It writes to file descriptor 2 and no setting stops it. Python's errors still come through.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal; elsewhere the line of each epoch is enough."""
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (
        TextColumn("BatchRepository"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("BatchRepository", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _said(manifest: "Manifest", folder: Path) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "sha256": manifest.sha256,
        "epochs": manifest.epochs,
        "validation": manifest.metrics["validation"],
        "temperature": manifest.temperature,
        "confidence_threshold": manifest.confidence_threshold,
    }


def _report(manifest: "Manifest", folder: Path) -> None:
    judged = manifest.metrics["validation"]
    click.echo(
        f"Kept epoch {manifest.epochs}: accuracy {judged['accuracy']:.3f}, macro-F1 "
        f"{judged['macro_f1']:.3f} on the validation rows; temperature "
        f"{manifest.temperature:.3f}; unsure below {manifest.confidence_threshold:.3f}."
    )
    click.echo(f"Wrote {folder} (model {manifest.sha256[:12]}).")
    click.echo(f"Measure it on the test rows with `emojify evaluate --model {folder}`.")
