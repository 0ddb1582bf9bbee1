"""Commands print progress on a terminal, and plain lines elsewhere."""

from math import inf
from pathlib import Path

import pytest
from click.testing import CliRunner

from emojify_core.commands import main
from emojify_core.commands.terminal import progress
from emojify_core.commands.terminal.output import show_table

ROWS = 1500
TERMINAL = {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "100"}


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """Return a file of several chunks."""
    path = tmp_path / "survey.csv"
    path.write_text("text\n" + "I was so happy that day.\n" * ROWS, encoding="utf-8")
    return path


def progress_of(file: Path, **environ: str) -> str:
    """Return what `batch` writes to stderr."""
    env = {"EMOJIFY_HOME": str(file.parent), **environ}
    result = CliRunner().invoke(main, ["batch", str(file), "--local", "--force"], env=env)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    return result.stderr


def test_a_terminal_shows_a_bar(survey: Path) -> None:
    """The bar shows the number of rows done, and disappears at the end."""
    shown = progress_of(survey, **TERMINAL)
    assert "\x1b[" in shown
    assert "━" in shown
    assert f"{ROWS:,} of {ROWS:,} rows" in shown


def test_without_a_terminal_progress_is_plain_lines(
    survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log gets a line now and then, without escape sequences."""
    monkeypatch.setattr(progress, "_LINE_EVERY", inf)
    assert "Answering" not in progress_of(survey), "short work shows no progress"
    monkeypatch.setattr(progress, "_LINE_EVERY", 0.0)
    shown = progress_of(survey).splitlines()
    assert f"Answering: {ROWS:,} of {ROWS:,} rows" in shown
    assert not any("\x1b" in line for line in shown)


def test_a_table_has_borders_on_a_terminal_and_tabs_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`cut` can read the tabs; a text's brackets are not Rich's markup."""
    rows = [("a1", "I was [bold]so\nhappy[/bold]")]
    show_table(("Id", "Text"), rows)
    assert capsys.readouterr().out == "a1\tI was [bold]so happy[/bold]\n"
    for name, value in TERMINAL.items():
        monkeypatch.setenv(name, value)
    show_table(("Id", "Text"), rows)
    drawn = capsys.readouterr().out
    assert "Id" in drawn
    assert "I was [bold]so" in drawn
