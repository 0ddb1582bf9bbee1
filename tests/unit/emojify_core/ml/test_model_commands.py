"""`emojify train` and `emojify evaluate`."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from emojify_core.commands.evaluate import evaluate as evaluate_command
from emojify_core.commands.train import train as train_command
from emojify_core.errors import DataError
from emojify_core.ml.data import training_data
from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.model import config
from emojify_core.ml.model.artifact import SHIPPED, load_manifest
from emojify_core.ml.model.config import TrainingConfig


def test_evaluate_prints_every_measure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without PsychExp it uses the starter sentences; stderr explains how to get PsychExp."""
    monkeypatch.setenv("EMOJIFY_HOME", str(tmp_path))
    monkeypatch.delenv("EMOJIFY_PSYCHEXP", raising=False)
    result = CliRunner().invoke(evaluate_command, [])
    assert result.exit_code == 0, result.output
    for words in ("Macro-F1", "starter sentences", "disgust", "95 %"):
        assert words in result.stdout
    assert "emojify data fetch" in result.stderr


def test_evaluate_prints_only_json_on_request(tmp_path: Path) -> None:
    """Programs can parse stdout; the paths of the figures go to stderr."""
    arguments = ["--starter", "--json", "--figures", str(tmp_path)]
    result = CliRunner().invoke(evaluate_command, arguments)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["rows"] > 300
    assert {path.name for path in tmp_path.iterdir()} == {"confusion.png", "reliability.png"}


def test_evaluate_compares_several_models(tiny_folder: Path) -> None:
    """Mean and standard deviation show how much the seed matters."""
    arguments = ["--starter", "--model", str(SHIPPED), "--model", str(tiny_folder)]
    result = CliRunner().invoke(evaluate_command, arguments)
    assert result.exit_code == 0, result.output
    assert "Mean" in result.stdout
    assert "Sd" in result.stdout


def test_train_without_data_explains_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The error names the command before TensorFlow is loaded."""
    monkeypatch.setenv("EMOJIFY_HOME", str(tmp_path))
    monkeypatch.delenv("EMOJIFY_PSYCHEXP", raising=False)
    result = CliRunner().invoke(train_command, ["--out", str(tmp_path / "model")])
    assert isinstance(result.exception, DataError)
    assert "emojify data fetch" in str(result.exception)
    assert not (tmp_path / "model").exists()


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
    monkeypatch.setattr(training_data, "prepare_psychexp", lambda *_data: data)
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
