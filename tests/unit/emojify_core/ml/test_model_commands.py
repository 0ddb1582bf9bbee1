"""`emojify train` and `emojify evaluate`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from emojify_core.commands.evaluate import evaluate as evaluate_command
from emojify_core.commands.train import train as train_command
from emojify_core.errors import DataError
from emojify_core.ml.inference.loaded_model import load_model
from emojify_core.ml.model.artifact import SHIPPED, load_manifest
from emojify_core.ml.model.artifact_writer import save_artifact
from support.gated_model import save_gated_model


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


def test_evaluate_measures_a_set_by_name(tmp_path: Path) -> None:
    """GoEmotions' splits hold texts without an emotion, too."""
    folder = tmp_path / "data" / "goemotions"
    folder.mkdir(parents=True)
    rows = ("I am so happy\t17", "I am afraid\t14", "It is Monday.\t27")
    (folder / "dev.tsv").write_text("".join(f"{row}\tid\n" for row in rows))
    save_gated_model(tmp_path / "model")
    result = CliRunner().invoke(
        evaluate_command,
        ["--set", "goemotions-dev", "--model", str(tmp_path / "model")],
        env={"EMOJIFY_HOME": str(tmp_path), "EMOJIFY_PSYCHEXP": "", "COLUMNS": "120"},
    )
    assert result.exit_code == 0, result.output
    for words in ("2 texts: GoEmotions, dev", "1 neutral texts", "AUROC", "Answered"):
        assert words in result.stdout
    assert result.stderr == ""


def test_evaluate_compares_several_models(tmp_path: Path) -> None:
    """Mean and standard deviation show how much models differ."""
    other = load_model(SHIPPED).with_calibration(2.0, 0.9)
    save_artifact(tmp_path / "other", other.vocabulary, other.weights, other.manifest)
    arguments = ["--starter", "--model", str(SHIPPED), "--model", str(tmp_path / "other")]
    result = CliRunner().invoke(evaluate_command, arguments)
    assert result.exit_code == 0, result.output
    for words in ("Mean", "Sd", load_manifest(SHIPPED).sha256[:8], other.manifest.sha256[:8]):
        assert words in result.stdout


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
