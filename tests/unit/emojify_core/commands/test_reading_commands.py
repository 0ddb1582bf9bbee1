"""`emojify batch` shows how a file is read, and asks or refuses where that is unsure."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from emojify_core.commands import main

QUESTIONS = (
    "id,What did you like?,What did you not like?\n1,The food made me so happy,They lied to me\n"
    "2,My old friends were there,I was afraid of the dark path\n"
)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Return a file with two open questions."""
    path = tmp_path / "questions.csv"
    path.write_text(QUESTIONS)
    return path


def batch(*arguments: str) -> Result:
    """Run `emojify batch --local`."""
    return CliRunner().invoke(main, ["batch", *arguments, "--local"])


def test_a_preview_shows_the_reading(questions: Path) -> None:
    """It needs no model, and writes nothing."""
    shown = batch(str(questions), "--preview")
    assert shown.exit_code == 0, shown.output
    assert "Read as csv, utf-8, delimiter ','" in shown.stdout
    assert "3. 'What did you not like?'" in shown.stdout
    assert "Unsure: The texts may be in the column" in shown.stdout
    reading = json.loads(batch(str(questions), "--preview", "--json").stdout)
    assert not reading["sure"]
    chosen = json.loads(batch(str(questions), "--preview", "--json", "--column", "2").stdout)
    assert (chosen["sure"], chosen["column"]) == (True, "What did you like?")
    assert list(questions.parent.iterdir()) == [questions]


def test_an_unsure_file_is_refused_where_nobody_can_be_asked(questions: Path) -> None:
    """The candidates are told, and the options that settle it."""
    refused = batch(str(questions))
    assert refused.exit_code != 0
    assert "2. 'What did you like?'" in refused.stderr
    assert "--yes" in refused.stderr
    assert list(questions.parent.iterdir()) == [questions]


def test_a_column_is_given_once(questions: Path) -> None:
    """The last one would win silently."""
    twice = batch(str(questions), "--column", "2", "--column", "3")
    assert twice.exit_code == 2
    assert "--column once" in twice.stderr
