"""What the commands show of texts without a clear emotion."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from emojify_core.commands import main
from emojify_core.labels import LABELS
from emojify_core.ml.model import artifact
from support.batch_files import as_csv
from support.gated_model import EMOTIONAL, NOT_EMOTIONAL, NOT_UNDERSTOOD, save_gated_model

TEXTS = (EMOTIONAL, NOT_EMOTIONAL, NOT_UNDERSTOOD)


@pytest.fixture(autouse=True)
def _gated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the release ship a model with a gate."""
    folder = tmp_path_factory.mktemp("gated") / "model"
    save_gated_model(folder)
    monkeypatch.setattr(artifact, "SHIPPED", folder)


def emojify(*arguments: str) -> Result:
    """Run a command as a shell does."""
    return CliRunner().invoke(main, arguments)


def test_a_text_without_a_clear_emotion_shows_none() -> None:
    """The texts stay in one column, and a text that was not understood says so."""
    lines = emojify("predict", "--local", *TEXTS).stdout.splitlines()
    assert lines[0].startswith("😄 joy ")
    assert lines[1] == f"😐 No clear emotion {NOT_EMOTIONAL}"
    assert lines[2] == f"😐 No known word    {NOT_UNDERSTOOD}"
    assert {line.index(text) for line, text in zip(lines, TEXTS, strict=True)} == {19}


def test_json_keeps_the_label_and_tells_the_rest() -> None:
    """A script that knows nothing of it goes on as before."""
    result = emojify("predict", "--local", "--json", *TEXTS)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert {each["label"] for each in found} <= set(LABELS)
    assert [each["none"] for each in found] == [False, True, True]
    assert [each["understood"] for each in found] == [True, True, False]
    assert found[2]["emotional"] == 0


def test_a_file_s_chart_has_a_bar_of_its_own(tmp_path: Path) -> None:
    """The bars together are the whole file."""
    source = tmp_path / "survey.csv"
    source.write_text(as_csv([["id", "answer"], *([str(n), TEXTS[n % 3]] for n in range(9))]))
    result = emojify("batch", str(source), "--local")
    assert result.exit_code == 0, result.output
    assert "😄 joy              3 " in result.stderr
    assert "😐 none             6 " in result.stderr
    assert "9 rows, 6 of no clear emotion, 0 unsure." in result.stderr
    with (tmp_path / "survey.emojified.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["none"] for row in found] == ["false", "true", "true"] * 3
    assert [row["understood"] for row in found] == ["true", "true", "false"] * 3
