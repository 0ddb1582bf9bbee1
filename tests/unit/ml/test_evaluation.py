"""Evaluation, its pictures and the two commands."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from emojify_core.commands.evaluate import evaluate as evaluate_command
from emojify_core.commands.train import train as train_command
from emojify_core.errors import DataError
from emojify_core.ml.artefact import SHIPPED
from emojify_core.ml.evaluation import Evaluation, evaluate, find_test_set
from emojify_core.ml.figures import save_figures
from emojify_core.ml.predictor import Predictor
from emojify_core.ml.psychexp import load_psychexp
from emojify_core.ml.splits import make_splits


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """Judge the shipped model on the starter sentences."""
    return evaluate(Predictor.load(SHIPPED), find_test_set(None))


def test_without_psychexp_the_starter_sentences_judge_and_the_report_says_so(
    evaluation: Evaluation,
) -> None:
    """A fresh clone can evaluate; nobody takes the figures for the article's."""
    assert "starter" in evaluation.data
    assert evaluation.rows == len(evaluation.labels) == evaluation.confusion.sum()
    assert evaluation.model == Predictor.load(SHIPPED).sha256


def test_with_psychexp_the_articles_test_rows_judge(psychexp_path: Path) -> None:
    """The very rows that every published figure here is about."""
    test = find_test_set(psychexp_path)
    data = load_psychexp(psychexp_path)
    rows = make_splits(data.texts, data.labels).test
    assert list(test.texts) == [data.texts[row] for row in rows]
    assert len(test.labels) == 1_496


def test_the_shipped_model_keeps_the_promised_quality(psychexp_path: Path) -> None:
    """Macro-F1 of at least .61, calibrated, and right four times in five when confident."""
    result = evaluate(Predictor.load(SHIPPED), find_test_set(psychexp_path))
    assert result.measures["macro_f1"].value >= 0.61
    assert result.measures["ece"].value < 0.05
    assert result.measures["confident_accuracy"].high >= 0.8


def test_a_report_becomes_json_and_back(evaluation: Evaluation) -> None:
    """Plain numbers and names only."""
    document = json.loads(json.dumps(evaluation.to_dict()))
    assert document["measures"]["accuracy"]["value"] == pytest.approx(
        np.trace(evaluation.confusion) / evaluation.rows
    )
    assert document["classes"][0]["label"] == "joy"


def test_both_pictures_are_drawn_without_a_screen(evaluation: Evaluation, tmp_path: Path) -> None:
    """Two PNG files, the same each time."""
    paths = save_figures(evaluation, tmp_path / "new")
    assert [path.name for path in paths] == ["confusion.png", "reliability.png"]
    first = [path.read_bytes() for path in paths]
    assert all(content.startswith(b"\x89PNG") and len(content) > 10_000 for content in first)
    assert [path.read_bytes() for path in save_figures(evaluation, tmp_path / "new")] == first


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
    assert "Spread" in done.stdout


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
