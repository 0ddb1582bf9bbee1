"""`emojify batch` with pipes, several files, names that choose the format, and failures."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from emojify_core.commands import main

TEXTS = "id,text\n1,I was so happy that day\n2,My old dog died and I cried\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two files."""
    for name in ("a.csv", "b.csv"):
        tmp_path.joinpath(name).write_text(TEXTS)
    return tmp_path


def batch(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    """Run `emojify batch --local`."""
    return CliRunner().invoke(main, ["batch", *map(str, arguments), "--local"], input=stdin)


def names(folder: Path) -> list[str]:
    """Return the names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_pipe_is_read_and_written(folder: Path) -> None:
    """Nothing but the results is on standard output."""
    piped = batch("-", stdin=TEXTS)
    assert piped.exit_code == 0, piped.output
    rows = list(csv.DictReader(io.StringIO(piped.stdout)))
    assert [row["label"] for row in rows] == ["joy", "sadness"]
    lines = batch("-", "--format", "jsonl", stdin=TEXTS)
    assert [json.loads(line)["id"] for line in lines.stdout.splitlines()] == ["1", "2"]
    assert batch("-", "-o", folder / "c.xlsx", stdin=TEXTS).exit_code == 0
    assert names(folder) == ["a.csv", "b.csv", "c.xlsx"]


def test_several_files_and_patterns_are_answered(folder: Path) -> None:
    """Each has its results beside it, or in a folder."""
    done = batch(folder / "*.csv")
    assert done.exit_code == 0, done.output
    assert names(folder) == ["a.csv", "a.emojified.csv", "b.csv", "b.emojified.csv"]
    assert batch(folder / "a.csv", folder / "b.csv", "-o", f"{folder}/out/").exit_code == 0
    assert names(folder / "out") == ["a.emojified.csv", "b.emojified.csv"]
    one = batch(folder / "a.csv", folder / "b.csv", "-o", folder / "one.csv")
    assert (one.exit_code, "--out is a folder" in one.stderr) == (2, True)
    assert batch(folder / "a.csv", folder / "b.csv", "-o", "-").exit_code == 2
    assert batch(folder / "none*.csv").exit_code == 2


def test_one_bad_file_does_not_end_the_others(folder: Path) -> None:
    """It is named, and the exit code tells."""
    folder.joinpath("a.csv").write_text("<html><body>no table</body></html>")
    done = batch(folder / "a.csv", folder / "b.csv")
    assert done.exit_code == 1
    assert f"Error: {folder / 'a.csv'}: The file is HTML" in done.stderr
    assert names(folder) == ["a.csv", "b.csv", "b.emojified.csv"]


def test_results_are_not_overwritten(folder: Path) -> None:
    """Unless that is forced."""
    place = folder / "a.emojified.csv"
    place.write_text("mine")
    refused = batch(folder / "a.csv")
    assert (refused.exit_code, "--force" in refused.stderr) == (1, True)
    assert place.read_text() == "mine"
    assert batch(folder / "a.csv", "--force").exit_code == 0
    assert "joy" in place.read_text()


def test_the_name_chooses_the_format(folder: Path) -> None:
    """Or is refused."""
    assert batch(folder / "a.csv", "-o", folder / "out.xlsx").exit_code == 0
    book = CalamineWorkbook.from_path(str(folder / "out.xlsx"))
    assert [row[2] for row in book.get_sheet_by_name("Rows").to_python()[1:]] == ["joy", "sadness"]
    assert batch(folder / "a.csv", "-o", folder / "out.JSONL").exit_code == 0
    assert json.loads((folder / "out.JSONL").read_text().splitlines()[0])["label"] == "joy"
    exact = batch(folder / "a.csv", "-o", folder / "exact.csv", "--format", "csv-exact")
    assert exact.exit_code == 0, exact.output
    unknown = batch(folder / "a.csv", "-o", folder / "out.parquet")
    assert (unknown.exit_code, "tells no format" in unknown.stderr) == (2, True)
    both = batch(folder / "a.csv", "-o", folder / "new.csv", "--format", "jsonl")
    assert (both.exit_code, "does not fit" in both.stderr) == (2, True)
    workbook = batch(folder / "out.xlsx", "--sheet", "Rows", "--column", "text")
    assert workbook.exit_code == 0, workbook.output
    assert "out.emojified.xlsx" in names(folder)


def test_failed_rows_are_told(folder: Path) -> None:
    """A warning with counts if many failed; exit code 1 if all did."""
    some, every = folder / "some.csv", folder / "every.csv"
    some.write_text("text\nI was so happy that day\nN/A\nMy old dog died\n-\n")
    done = batch(some, "--column", "text")
    assert (done.exit_code, "2 of 4 rows have no answer (not_a_text 2)" in done.stderr) == (0, True)
    every.write_text("text\nN/A\n-\n")
    assert batch(every, "--column", "text").exit_code == 1


def test_options_that_do_not_fit_are_refused(folder: Path) -> None:
    """In a sentence."""
    for arguments in ((), ("--cancel", folder / "a.csv"), ("--id", "x"), (folder,)):
        assert batch(*arguments).exit_code == 2
