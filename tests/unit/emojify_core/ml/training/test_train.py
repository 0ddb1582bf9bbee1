"""Training from end to end, on the starter sentences with a small vocabulary."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from emojify_core.commands.train import train as train_command
from emojify_core.ml.data import prepare
from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.data.training_data import Comments, TrainingData
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model import config
from emojify_core.ml.model.artifact import load_manifest, load_weights
from emojify_core.ml.model.calibration import negative_log_likelihood, softmax
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.text.encoding import LabelledIds, TrainingExamples

if TYPE_CHECKING:
    from emojify_core.ml.training.held_out import EpochResult
    from emojify_core.ml.training.train import TrainingResult

pytestmark = pytest.mark.learning


def test_training_reports_every_batch(
    tiny_data: TrainingData,
    tiny_config: TrainingConfig,
    tiny_training: tuple["TrainingResult", list[tuple[int, int]]],
) -> None:
    """A progress bar learns the batches done and in all."""
    total = -(-len(tiny_data.labelled) // tiny_config.batch_size) * tiny_config.epochs
    assert tiny_training[1] == [(done, total) for done in range(1, total + 1)]


def test_the_same_seed_gives_the_same_model(
    tiny_data: TrainingData,
    tiny_config: TrainingConfig,
    tiny_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """`emojify train` reproduces a model bit for bit, and names its folder and the next command."""
    (tmp_path / "raw.pickle").touch()
    monkeypatch.setenv("EMOJIFY_HOME", str(tmp_path))
    monkeypatch.setenv("EMOJIFY_PSYCHEXP", str(tmp_path / "raw.pickle"))
    data = replace(tiny_data, origin={"name": "small"})
    monkeypatch.setattr(prepare, "prepare_psychexp", lambda *_data: data)
    defaults = replace(tiny_config, seed=0, epochs=99)  # the command's options replace these
    monkeypatch.setattr(config, "TrainingConfig", partial(replace, defaults))
    result = CliRunner().invoke(train_command, ["--seed", "3", "--epochs", "2"])
    assert result.exit_code == 0, result.output
    manifest = load_manifest(tmp_path / "trained")
    assert (manifest.training["seed"], manifest.training["epochs"]) == (3, 2)
    assert manifest.data == {"name": "small"}
    assert manifest.sha256 == load_manifest(tiny_folder).sha256
    for words in (
        "fetch-texts",
        "epoch   1",
        manifest.sha256[:12],
        f"--model {tmp_path / 'trained'}",
    ):
        assert words in result.output


def test_training_lowers_the_loss(tiny_result: "TrainingResult") -> None:
    """The second epoch is better than the first, which is better than chance."""
    first, second = tiny_result.history
    assert second.loss < first.loss < np.log(7) * 1.1
    assert tiny_result.best == min(tiny_result.history, key=lambda epoch: epoch.held_out_nll)


def test_the_served_model_predicts_like_the_trained_network(
    tiny_folder: Path, tiny_data: TrainingData, tiny_result: "TrainingResult"
) -> None:
    """From raw text, the predictor's probabilities equal the Keras network's to 1e-4."""
    from emojify_core.ml.model.network import build_network, set_weights  # noqa: PLC0415 - TensorFlow
    from emojify_core.ml.training.held_out import predict_logits  # noqa: PLC0415

    texts, _ = load_starter()
    manifest = load_manifest(tiny_folder)
    network = build_network(NetworkConfig(**manifest.network), TrainingConfig())
    set_weights(network, load_weights(tiny_folder))
    logits = predict_logits(network, tiny_result.weights, tiny_data.validation.ids)
    served = Predictor.load(tiny_folder).predict(texts[::4]).probabilities
    assert np.abs(softmax(logits, manifest.temperature) - served).max() < 1e-4
    assert negative_log_likelihood(served, tiny_data.validation.labels) == pytest.approx(
        tiny_result.best.validation_nll, abs=1e-4
    )


def test_stored_weights_equal_the_trained_weights(
    tiny_folder: Path, tiny_result: "TrainingResult"
) -> None:
    """Embeddings are rounded before the model is evaluated, not after."""
    stored = load_weights(tiny_folder)
    assert set(stored) == set(tiny_result.weights)
    assert all((stored[name] == tiny_result.weights[name]).all() for name in stored)


def test_the_manifest_records_how_the_model_was_made(
    tiny_folder: Path, tiny_data: TrainingData, tiny_config: TrainingConfig
) -> None:
    """Seed, configuration, data, metrics, libraries and time allow making it again."""
    manifest = load_manifest(tiny_folder)
    assert manifest.training["seed"] == tiny_config.seed
    assert manifest.network["vocabulary_size"] == len(tiny_data.vocabulary)
    assert 1 <= manifest.epochs <= tiny_config.epochs
    assert manifest.data == tiny_data.origin
    assert 0 <= manifest.metrics["validation"]["macro_f1"] <= 1
    assert {"emojify", "keras", "numpy"} <= set(manifest.versions)
    assert manifest.created_at.endswith("+00:00")


def test_soft_targets_alone_train_a_model(
    tiny_data: TrainingData, tiny_config: TrainingConfig
) -> None:
    """The network learns a teacher's probabilities without any label."""
    from emojify_core.ml.training.train import train  # noqa: PLC0415 - TensorFlow

    # Texts of one length: TensorFlow traces the network once.
    ids = [row[:6] for row in tiny_data.labelled.ids if len(row) >= 6][:64]
    sadness = np.full(len(ids), 3)
    mostly_sad = 0.9 * np.eye(7, dtype=np.float32)[sadness] + np.float32(0.1 / 7)
    data = replace(
        tiny_data,
        labelled=TrainingExamples(ids, mostly_sad),
        validation=LabelledIds(ids, sadness),
    )
    result = train(replace(tiny_config, epochs=6), data)
    assert result.best.validation_accuracy > 0.9


def test_second_stages_go_on_from_the_first_and_are_averaged(
    tiny_data: TrainingData, tiny_config: TrainingConfig
) -> None:
    """Each epoch of each run is told, and the result is as good as the runs."""
    from emojify_core.ml.training.train import train  # noqa: PLC0415 - TensorFlow

    ids = [row[:6] for row in tiny_data.labelled.ids if len(row) >= 6][:64]
    sadness = np.full(len(ids), 3)
    sad = TrainingExamples(
        ids, np.eye(7, dtype=np.float32)[sadness], emotional=np.ones(len(ids), dtype=np.float32)
    )
    data = replace(
        tiny_data,
        labelled=sad,
        made=replace(sad, emotional=np.zeros(len(ids), dtype=np.float32)),
        validation=LabelledIds(ids, sadness),
        comments=Comments(LabelledIds(ids, sadness), ids),
    )
    epochs: list[EpochResult] = []
    progress: list[tuple[int, int]] = []
    config = replace(tiny_config, epochs=3, second_epochs=2, second_runs=2)
    result = train(config, data, lambda *at: progress.append(at), epochs.append)
    assert [epoch.number for epoch in epochs] == [1, 2, 3, 4, 5, 6, 7]
    assert progress[-1] == (7 * 4, 7 * 4)
    assert result.calibration.gate is not None
    assert result.best.held_out_nll < epochs[2].held_out_nll


def test_a_mix_keeps_a_share_of_the_start() -> None:
    """The runs' mean has the given share."""
    from emojify_core.ml.training.train import mix  # noqa: PLC0415 - TensorFlow

    start, one, other = (
        {name: np.full(2, value, np.float32) for name in ("embeddings", "bias")}
        for value in (0.0, 1.0, 3.0)
    )
    mixed = mix(start, [one, other], 0.75)
    assert {name: each.tolist() for name, each in mixed.items()} == {
        "embeddings": [1.5, 1.5],
        "bias": [1.5, 1.5],
    }
    assert mixed["bias"].dtype == np.float32


def test_word_dropout_replaces_words_and_keeps_padding() -> None:
    """About the configured share of words becomes unknown."""
    from emojify_core.ml.training.train import drop_words  # noqa: PLC0415 - TensorFlow

    ids = np.full((100, 100), 5, np.int32)
    ids[:, 60:] = 0
    dropped = drop_words(ids, 0.25, np.random.default_rng(0))
    assert (dropped[:, 60:] == 0).all()
    assert set(np.unique(dropped[:, :60])) == {1, 5}
    assert (dropped[:, :60] == 1).mean() == pytest.approx(0.25, abs=0.03)
