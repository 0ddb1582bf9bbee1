"""`emojify data`, and the group of all commands."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from emojify_core.commands import COMMANDS, main
from emojify_core.commands.terminal.lazy_group import LazyGroup
from emojify_core.errors import DataError
from emojify_core.ml.data.starter_set import load_starter
from support.file_server import FileServer, running_file_server


@pytest.fixture
def file_server() -> Iterator[FileServer]:
    """Serve the response that the test chooses."""
    with running_file_server() as server:
        yield server


def emojify(*arguments: str, home: Path, psychexp: Path | str = "") -> Result:
    """Run the command as a shell does, with only these settings."""
    env = {"EMOJIFY_HOME": str(home), "EMOJIFY_PSYCHEXP": str(psychexp)}
    return CliRunner().invoke(main, arguments, env=env)


def test_fetch_writes_the_file_to_the_home_folder(
    file_server: FileServer, psychexp_path: Path, tmp_path: Path
) -> None:
    """After this command, training finds the data."""
    file_server.body = psychexp_path.read_bytes()
    result = emojify("data", "fetch", "--url", file_server.url, home=tmp_path)
    assert result.exit_code == 0
    assert "Wrote" in result.stdout
    assert (tmp_path / "data/psychexp/raw.pickle").read_bytes() == file_server.body
    again = emojify("data", "fetch", "--url", file_server.url, home=tmp_path)
    assert "Already there" in again.stdout
    assert file_server.requests == 1


def test_fetch_to_another_place_says_how_to_use_it(
    file_server: FileServer, psychexp_path: Path, tmp_path: Path
) -> None:
    """The output shows the next step."""
    file_server.body = psychexp_path.read_bytes()
    place = tmp_path / "elsewhere" / "set.pickle"
    result = emojify(
        "data", "fetch", "--to", str(place), "--url", file_server.url, home=tmp_path / "home"
    )
    assert result.exit_code == 0
    assert f"EMOJIFY_PSYCHEXP={place}" in result.stdout
    assert place.is_file()
    assert not (tmp_path / "home").exists()


def test_fetch_verifies_a_configured_file(psychexp_path: Path, tmp_path: Path) -> None:
    """A file that is there already is not downloaded."""
    result = emojify("data", "fetch", home=tmp_path, psychexp=psychexp_path)
    assert result.exit_code == 0
    assert "nothing to download" in result.stdout


def test_goemotions_is_fetched_and_counted(file_server: FileServer, tmp_path: Path) -> None:
    """It downloads three files once, and prints how many texts training can use."""
    file_server.body = b"not one of theirs\t27\tid\n"
    url = file_server.url.removesuffix("raw.pickle")
    for _ in range(2):
        result = emojify("data", "fetch-texts", "--url", url, home=tmp_path)
        assert result.exit_code == 0, result.output
        assert "holds 0 of the 43,001 texts" in result.stdout
    assert file_server.requests == 3
    names = {path.name for path in (tmp_path / "data/goemotions").iterdir()}
    assert names == {"train.tsv", "dev.tsv", "test.tsv"}


def test_a_failure_is_one_line_and_exit_code_1(file_server: FileServer, tmp_path: Path) -> None:
    """There is no traceback and nothing on standard output."""
    file_server.status = 503
    result = emojify("data", "fetch", "--url", file_server.url, home=tmp_path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1].startswith(f"Error: {file_server.url} answered 503")
    assert "Traceback" not in result.output


def test_a_configured_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    """A typing error in the setting is reported, not ignored."""
    result = emojify("data", "show", home=tmp_path, psychexp=tmp_path / "typo")
    assert result.exit_code == 1
    assert "EMOJIFY_PSYCHEXP names" in result.stderr


def test_show_counts_the_classes_and_parts(psychexp_path: Path, tmp_path: Path) -> None:
    """The output shows whether training will use the right data."""
    result = emojify("data", "show", home=tmp_path, psychexp=psychexp_path)
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    for line in (["Texts:", "7,480"], ["joy", "1,084"], ["guilt", "1,057"], ["train", "4,750"]):
        assert line in lines


def test_show_without_psychexp_names_the_replacement(tmp_path: Path) -> None:
    """A fresh clone uses the starter sentences and says so."""
    result = emojify("data", "show", home=tmp_path)
    assert result.exit_code == 0
    assert "emojify data fetch" in result.stdout
    assert f"Starter sentences: {len(load_starter()[0])}" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("data",),
        ("data", "fetch"),
        ("data", "fetch-texts"),
        ("data", "show"),
        ("evaluate",),
        ("train",),
    ],
)
def test_help_has_an_example(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """The help shows how to call the command."""
    result = emojify(*arguments, "--help", home=tmp_path)
    assert result.exit_code == 0
    assert "Example: emojify " in result.stdout


def test_help_loads_nothing_heavy() -> None:
    """`emojify --help` is fast, whatever is installed."""
    code = (
        "import sys\nfrom emojify_core.commands import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "heavy = {'numpy', 'httpx', 'rich', 'sklearn', 'pyarrow', 'tensorflow', 'onnxruntime'}\n"
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "data" in ran.stdout


@pytest.mark.parametrize("target", COMMANDS.values(), ids=COMMANDS.keys())
def test_every_registered_command_exists(target: str) -> None:
    """Every name in the help can be called."""
    module, _, attribute = target.partition(":")
    assert isinstance(getattr(import_module(module), attribute), click.Command)


def failing_group(error: Exception) -> LazyGroup:
    """Return a group whose only command raises this error."""

    def fail() -> None:
        raise error

    return LazyGroup("test", commands={"fail": click.Command("fail", callback=fail)}, lazy={})


def test_an_expected_error_is_one_line() -> None:
    """Any command may raise an EmojifyError."""
    result = CliRunner().invoke(failing_group(DataError("The file is gone. Get it.")), ["fail"])
    assert (result.exit_code, result.stderr) == (1, "Error: The file is gone. Get it.\n")


def test_a_missing_package_is_named() -> None:
    """On a machine that only serves, the error names the extra to install."""
    error = ModuleNotFoundError("No module named 'keras.layers'", name="keras.layers")
    result = CliRunner().invoke(failing_group(error), ["fail"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: This command needs the package keras,")


@pytest.mark.parametrize(
    "error", [ValueError("a bug"), ModuleNotFoundError(name="emojify_core.typo")]
)
def test_an_unexpected_error_keeps_its_traceback(error: Exception) -> None:
    """A bug is not presented as the user's mistake."""
    assert CliRunner().invoke(failing_group(error), ["fail"]).exception is error


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    """A typing error ends with exit code 2 and a hint."""
    result = emojify("dta", home=tmp_path)
    assert result.exit_code == 2
    assert "No such command" in result.stderr
