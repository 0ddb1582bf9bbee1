"""`emojify train` and `emojify evaluate`."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from emojify_core.commands.evaluate import evaluate as evaluate_command
from emojify_core.commands.train import train as train_command
from emojify_core.errors import DataError
from emojify_core.ml.data import training_data
from emojify_core.ml.data.training_data import TrainingData
from emojify_core.ml.model.artifact import SHIPPED, load_manifest


def test_the_command_prints_every_measure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without PsychExp it still works, and says on stderr how to get it."""
    monkeypatch.setenv("EMOJIFY_HOME", str(tmp_path))
    monkeypatch.delenv("EMOJIFY_PSYCHEXP", raising=False)
    done = CliRunner().invoke(evaluate_command, [])
    assert done.exit_code == 0, done.output
    for word in ("Macro-F1", "starter sentences", "disgust", "95 %"):
        assert word in done.stdout
    assert "emojify data fetch" in done.stderr


def test_the_command_prints_json_alone_when_asked(tmp_path: Path) -> None:
    """Other programs can read it; pictures are announced on stderr."""
    arguments = ["--starter", "--json", "--figures", str(tmp_path)]
    done = CliRunner().invoke(evaluate_command, arguments)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] > 300
    assert {path.name for path in tmp_path.iterdir()} == {"confusion.png", "reliability.png"}


def test_several_models_are_compared_with_mean_and_spread(tiny_folder: Path) -> None:
    """How much a seed matters is one command away."""
    arguments = ["--starter", "--model", str(SHIPPED), "--model", str(tiny_folder)]
    done = CliRunner().invoke(evaluate_command, arguments)
    assert done.exit_code == 0, done.output
    assert "Mean" in done.stdout
    assert "Sd" in done.stdout


def test_training_without_the_data_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The sentence names the command, before TensorFlow is even loaded."""
    monkeypatch.setenv("EMOJIFY_HOME", str(tmp_path))
    monkeypatch.delenv("EMOJIFY_PSYCHEXP", raising=False)
    done = CliRunner().invoke(train_command, ["--out", str(tmp_path / "model")])
    assert isinstance(done.exception, DataError)
    assert "emojify data fetch" in str(done.exception)
    assert not (tmp_path / "model").exists()


def test_training_writes_a_model_and_says_how_to_measure_it(
    tiny_data: TrainingData, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A line for each pass, then what was kept, where it is and the next command."""
    (tmp_path / "raw.pickle").touch()
    monkeypatch.setenv("EMOJIFY_HOME", str(tmp_path))
    monkeypatch.setenv("EMOJIFY_PSYCHEXP", str(tmp_path / "raw.pickle"))
    small = replace(tiny_data, origin={"name": "small"})
    monkeypatch.setattr(training_data, "prepare_psychexp", lambda *_data: small)
    done = CliRunner().invoke(train_command, ["--seed", "5", "--epochs", "1"])
    assert done.exit_code == 0, done.output
    manifest = load_manifest(tmp_path / "trained")
    assert (manifest.training["seed"], manifest.training["epochs"]) == (5, 1)
    assert manifest.data == {"name": "small"}
    for words in (
        "fetch-texts",
        "epoch   1",
        manifest.sha256[:12],
        f"--model {tmp_path / 'trained'}",
    ):
        assert words in done.output
