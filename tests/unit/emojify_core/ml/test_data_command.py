"""`emojify data` and the frame that every command hangs in."""

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
    """Serve one answer, which the test chooses."""
    with running_file_server() as server:
        yield server


def emojify(*arguments: str, home: Path, psychexp: Path | str = "") -> Result:
    """Run the command as a shell would, with these settings alone."""
    env = {"EMOJIFY_HOME": str(home), "EMOJIFY_PSYCHEXP": str(psychexp)}
    return CliRunner().invoke(main, arguments, env=env)


def test_fetch_puts_the_file_into_the_home(
    file_server: FileServer, psychexp_path: Path, tmp_path: Path
) -> None:
    """After one command, training finds the data by itself."""
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
    """The next step is on the screen."""
    file_server.body = psychexp_path.read_bytes()
    place = tmp_path / "elsewhere" / "set.pickle"
    result = emojify(
        "data", "fetch", "--to", str(place), "--url", file_server.url, home=tmp_path / "home"
    )
    assert result.exit_code == 0
    assert f"EMOJIFY_PSYCHEXP={place}" in result.stdout
    assert place.is_file()
    assert not (tmp_path / "home").exists()


def test_fetch_checks_the_file_that_the_environment_names(
    psychexp_path: Path, tmp_path: Path
) -> None:
    """Who has the file already downloads nothing."""
    result = emojify("data", "fetch", home=tmp_path, psychexp=psychexp_path)
    assert result.exit_code == 0
    assert "nothing to download" in result.stdout


def test_texts_without_labels_are_fetched_and_counted(
    file_server: FileServer, tmp_path: Path
) -> None:
    """Three files; how many of their texts can serve is told, and none is fetched twice."""
    file_server.body = b"not one of theirs\t27\tid\n"
    url = file_server.url.removesuffix("raw.pickle")
    for _ in range(2):
        result = emojify("data", "fetch-texts", "--url", url, home=tmp_path)
        assert result.exit_code == 0, result.output
        assert "holds 0 of the 53,854 texts" in result.stdout
    assert file_server.requests == 3
    names = {path.name for path in (tmp_path / "data/goemotions").iterdir()}
    assert names == {"train.tsv", "dev.tsv", "test.tsv"}


def test_a_failure_is_one_line_and_exit_code_1(file_server: FileServer, tmp_path: Path) -> None:
    """No traceback, nothing on stdout, and a script can tell."""
    file_server.status = 503
    result = emojify("data", "fetch", "--url", file_server.url, home=tmp_path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1].startswith(f"Error: {file_server.url} answered 503")
    assert "Traceback" not in result.output


def test_a_wrong_named_file_is_an_error(tmp_path: Path) -> None:
    """A typing mistake in the setting is told, not passed over."""
    result = emojify("data", "show", home=tmp_path, psychexp=tmp_path / "typo")
    assert result.exit_code == 1
    assert "EMOJIFY_PSYCHEXP names" in result.stderr


def test_show_counts_the_classes_and_parts(psychexp_path: Path, tmp_path: Path) -> None:
    """One look tells whether training will use the right data."""
    result = emojify("data", "show", home=tmp_path, psychexp=psychexp_path)
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    for line in (["Texts:", "7,480"], ["joy", "1,084"], ["guilt", "1,057"], ["train", "4,750"]):
        assert line in lines


def test_show_without_the_file_says_what_serves_instead(tmp_path: Path) -> None:
    """A fresh clone works, and says with what."""
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
    """Nobody has to guess how a command is written."""
    result = emojify(*arguments, "--help", home=tmp_path)
    assert result.exit_code == 0
    assert "Example: emojify " in result.stdout


def test_help_loads_nothing_heavy() -> None:
    """`emojify --help` answers at once, whatever is installed."""
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
    """No name in the help leads nowhere."""
    module, _, attribute = target.partition(":")
    assert isinstance(getattr(import_module(module), attribute), click.Command)


def group_with(error: Exception) -> LazyGroup:
    """Return a group whose one command fails like this."""

    def fail() -> None:
        raise error

    return LazyGroup("test", commands={"fail": click.Command("fail", callback=fail)}, lazy={})


def test_our_errors_become_a_line() -> None:
    """Any command may raise an EmojifyError and it reads well."""
    result = CliRunner().invoke(group_with(DataError("The file is gone. Get it.")), ["fail"])
    assert (result.exit_code, result.stderr) == (1, "Error: The file is gone. Get it.\n")


def test_a_package_that_is_not_installed_is_named() -> None:
    """A machine that only serves says which extra a training command needs."""
    error = ModuleNotFoundError("No module named 'keras.layers'", name="keras.layers")
    result = CliRunner().invoke(group_with(error), ["fail"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: This command needs the package keras,")


@pytest.mark.parametrize(
    "error", [ValueError("a mistake of ours"), ModuleNotFoundError(name="emojify_core.typo")]
)
def test_our_own_mistakes_keep_their_traceback(error: Exception) -> None:
    """A bug is not dressed up as the user's fault."""
    assert CliRunner().invoke(group_with(error), ["fail"]).exception is error


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    """A typing mistake ends with exit code 2 and a hint."""
    result = emojify("dta", home=tmp_path)
    assert result.exit_code == 2
    assert "No such command" in result.stderr
