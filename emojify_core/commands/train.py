"""`emojify train`: train a model on PsychExp from scratch."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emojify_core.commands.terminal.output import json_option, show
from emojify_core.commands.terminal.progress import show_progress
from emojify_core.errors import DataError
from emojify_core.settings import Settings

if TYPE_CHECKING:
    from emojify_core.ml.data.training_data import TrainingData
    from emojify_core.ml.model.artifact import Manifest
    from emojify_core.ml.model.config import TrainingConfig
    from emojify_core.ml.training.train import TrainingResult


@click.command(epilog="Example: emojify train --seed 1 --out build/seed-1")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same weights.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The model's folder. [default: $EMOJIFY_HOME/trained]",
)
@click.option("--epochs", type=click.IntRange(1), help="Passes over the rows in the first stage.")
@json_option
def train(seed: int, out: Path | None, epochs: int | None, *, as_json: bool) -> None:
    """Train the Bi-LSTM on PsychExp and GoEmotions and write a model folder.

    The epoch with the lowest loss on the held-out texts is kept; test rows are never used. Takes
    about thirty minutes on two cores.
    """
    from emojify_core.ml.data import goemotions, psychexp  # noqa: PLC0415 - numpy

    settings = Settings.from_env()
    path = psychexp.find_psychexp(settings.psychexp, settings.home)
    if path is None:
        raise DataError(
            "PsychExp, the training data, is not on this machine. Download it with "
            "`emojify data fetch`, or name the file in EMOJIFY_PSYCHEXP."
        )
    folder = (out or settings.home / "trained").absolute()
    with _stderr_hidden():
        from emojify_core.ml.training.save import save_trained  # noqa: PLC0415 - TensorFlow
    from emojify_core.ml.data.prepare import prepare_psychexp  # noqa: PLC0415
    from emojify_core.ml.model.config import TrainingConfig  # noqa: PLC0415

    config = TrainingConfig(seed=seed, **({"epochs": epochs} if epochs else {}))
    goemotions_folder = goemotions.default_folder(settings.home)
    data = prepare_psychexp(path, goemotions_folder, config.trust)
    click.echo(
        f"Training on {len(data.labelled):,} labelled stories, {len(data.augmented):,} recombined "
        f"from them, {len(data.goemotions):,} labelled comments of GoEmotions and "
        f"{len(data.made):,} texts made for training, validating on "
        f"{len(data.validation):,}; {len(data.vocabulary):,} words, seed {seed}.",
        err=as_json,
    )
    if not len(data.goemotions):
        click.echo(
            f"GoEmotions is not in {goemotions_folder}; `emojify data fetch-texts` downloads it. "
            "Without it, the model knows stories only and finds an emotion in every text.",
            err=as_json,
        )
    manifest = save_trained(folder, data, config, _train(config, data, as_json=as_json))
    summary = {
        "folder": str(folder),
        "sha256": manifest.sha256,
        "epochs": manifest.epochs,
        "validation": manifest.metrics["validation"],
        "temperature": manifest.temperature,
        "confidence_threshold": manifest.confidence_threshold,
    }
    show(summary, _report(manifest, folder), as_json=as_json)


def _train(config: "TrainingConfig", data: "TrainingData", *, as_json: bool) -> "TrainingResult":
    from emojify_core.ml.training.held_out import EpochResult  # noqa: PLC0415 - TensorFlow
    from emojify_core.ml.training.train import train  # noqa: PLC0415

    def show_epoch(epoch: EpochResult) -> None:
        click.echo(
            f"epoch {epoch.number:>3}   loss {epoch.loss:.3f}   validation: "
            f"nll {epoch.validation_nll:.3f}   accuracy {epoch.validation_accuracy:.3f}   "
            f"macro-F1 {epoch.validation_macro_f1:.3f}   comments: {epoch.comments_accuracy:.3f}",
            err=as_json,
        )

    with show_progress("Training", "batches", lines=False) as progress:
        return train(config, data, progress.show, show_epoch)


@contextmanager
def _stderr_hidden() -> Iterator[None]:
    """Hide what TensorFlow's C++ code prints on import; Python's errors still come through.

    It writes to file descriptor 2 directly, and no setting prevents that.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    stderr = os.dup(2)
    try:
        with Path(os.devnull).open("w") as devnull:
            os.dup2(devnull.fileno(), 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def _report(manifest: "Manifest", folder: Path) -> str:
    validation = manifest.metrics["validation"]
    return (
        f"Kept epoch {manifest.epochs}: accuracy {validation['accuracy']:.3f}, macro-F1 "
        f"{validation['macro_f1']:.3f} on the validation rows; temperature "
        f"{manifest.temperature:.3f}; unsure below {manifest.confidence_threshold:.3f}.\n"
        f"Wrote {folder} (model {manifest.sha256[:12]}).\n"
        f"Measure it on the test rows with `emojify evaluate --model {folder}`."
    )
