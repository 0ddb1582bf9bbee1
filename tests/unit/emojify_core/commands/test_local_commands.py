"""`emojify predict --local` and `batch --local`, and the conventions of every command."""

import csv
import gzip
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from emojify_core.commands import COMMANDS, main
from emojify_core.labels import LABELS
from support.batch_files import as_csv
from support.installation import CLEAR
from support.processes import free_port

SERVER_COMMANDS = {
    "predict": ["a text"],
    "batch": ["FILE"],
    "correct": ["a text", "joy"],
    "corrections list": [],
    "corrections export": [],
    "corrections accept": ["id"],
    "corrections reject": ["id"],
    "corrections undo": ["id"],
    "forget": ["cookie:x"],
    "models list": [],
    "models show": ["1"],
    "models activate": ["1"],
    "models rebuild": [],
    "status": [],
}


def emojify(
    *arguments: str, home: Path, stdin: str | bytes | None = None, **variables: str
) -> Result:
    """Run the command as a shell does, with only these settings."""
    env = {"EMOJIFY_HOME": str(home), "EMOJIFY_URL": "", "EMOJIFY_KEY": "", **variables}
    env["XDG_CONFIG_HOME"] = str(home)
    return CliRunner().invoke(main, arguments, env=env, input=stdin)


def test_predict_local_needs_no_server(tmp_path: Path) -> None:
    """It prints one line per text on a fresh machine."""
    result = emojify("predict", "--local", *CLEAR, home=tmp_path)
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert [line.split()[1].rstrip("?") for line in lines] == list(CLEAR.values())
    assert lines[0].startswith("😄 joy ")


def test_predict_reads_lines_and_prints_json(tmp_path: Path) -> None:
    """A script sends thousands of lines and reads as many."""
    texts = [*CLEAR] * 60
    result = emojify("predict", "--local", "--json", home=tmp_path, stdin="\n".join(texts))
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["text"] for each in found] == texts
    assert [each["label"] for each in found] == [*CLEAR.values()] * 60
    assert found[0]["probabilities"].keys() == set(LABELS)


def test_a_text_without_an_answer_is_an_exit_code(tmp_path: Path) -> None:
    """Other texts are answered; the exit code reports the failure."""
    result = emojify("predict", "--local", "fine words", " ", "x" * 9_999, home=tmp_path)
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert "Write at least one word." in result.stderr
    assert "this one has 9,999." in result.stderr
    assert len(result.stderr) < 300, "an excerpt identifies the text"


NOT_UTF8 = b"caf\xe9 was nice"


def test_a_line_that_is_not_utf8_is_one_line_of_error(tmp_path: Path) -> None:
    """The error has the line's number and the next step, without a traceback."""
    result = emojify("predict", "--local", home=tmp_path, stdin=b"fine words\n" + NOT_UTF8 + b"\n")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Line 2 of standard input is not UTF-8.")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["predict", "TEXT"], ["predict", "--local", "TEXT"], ["correct", "TEXT", "joy"]]
)
def test_an_argument_that_is_not_utf8_is_one_line_of_error(
    arguments: list[str], tmp_path: Path
) -> None:
    """The command fails before it predicts anything."""
    given = [os.fsdecode(NOT_UTF8) if each == "TEXT" else each for each in arguments]
    result = emojify(*given, home=tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: TEXT is not UTF-8. Convert it first, for example with iconv.\n"


def test_batch_local_needs_no_server(tmp_path: Path) -> None:
    """Results are written beside the file, and a summary is shown."""
    source = tmp_path / "survey.csv"
    rows = [[str(n), list(CLEAR)[n % 5]] for n in range(1500)]
    source.write_text(as_csv([["id", "answer"], *rows], ";"))
    result = emojify("batch", str(source), "--local", home=tmp_path)
    assert result.exit_code == 0, result.output
    with (tmp_path / "survey.emojified.csv").open(newline="") as file:
        found = list(csv.DictReader(file, delimiter=";"))
    assert [[row["id"], row["answer"]] for row in found] == rows
    assert {row["label"] for row in found} == set(CLEAR.values())
    assert "1,500 rows" in result.stderr
    assert "█" in result.stderr


def test_results_go_to_the_given_file_or_standard_output(tmp_path: Path) -> None:
    """The format follows the file's name; the summary can be JSON."""
    source = tmp_path / "chat.jsonl.gz"
    source.write_bytes(gzip.compress(b'{"message": "We won, I was so happy!"}\n{"other": 1}\n'))
    result = emojify("batch", str(source), "--local", "-o", "-", home=tmp_path)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert found[0]["label"] == "joy"
    assert found[1]["error"] == "The column message of this row contains no text."
    assert found[1]["other"] == 1
    out = tmp_path / "new" / "out.csv"  # the folder is created, as with a server
    result = emojify("batch", str(source), "--local", "-o", str(out), "--json", home=tmp_path)
    summary = json.loads(result.stdout)
    assert (summary["rows"], summary["failed"], summary["errors"]) == (2, 1, {"no_text": 1})
    assert summary["counts"] == dict.fromkeys(LABELS, 0) | {"joy": 1}
    (least,) = summary["least_certain"]
    assert (least["row"], least["text"]) == (1, "We won, I was so happy!")
    assert out.read_text().startswith("message,other,label,")


def test_a_file_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    """One line says why, and no partial result remains."""
    source = tmp_path / "picture.csv"
    source.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(5000))
    result = emojify("batch", str(source), "--local", home=tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        result.stderr
        == "Error: The file is an image, not text. Send CSV, JSON Lines or plain text.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["picture.csv"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["batch"],
        ["batch", "FILE", "--id", "x"],
        ["batch", "FILE", "--local", "--detach"],
        ["batch", "nothing.csv"],
        ["correct", "a text", "happy"],
        ["models", "show", "0"],
        ["predict", "--nonsense"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], tmp_path: Path) -> None:
    """A script can distinguish a typing error from a failure."""
    file = tmp_path / "a.csv"
    file.write_text("text\nfine words\n")
    given = [str(file) if each == "FILE" else each for each in arguments]
    assert emojify(*given, home=tmp_path).exit_code == 2


@pytest.mark.parametrize("command", SERVER_COMMANDS)
def test_an_unreachable_server_is_exit_code_3_and_one_line(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command names the server, without a traceback."""
    monkeypatch.setattr("emojify_core.client.connection.RETRY_AFTER", ())
    file = tmp_path / "a.csv"
    file.write_text("text\nfine words\n")
    arguments = [str(file) if each == "FILE" else each for each in SERVER_COMMANDS[command]]
    unreachable = f"http://127.0.0.1:{free_port()}"
    result = emojify(*command.split(), *arguments, home=tmp_path, EMOJIFY_URL=unreachable)
    assert result.exit_code == 3, result.output
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: {unreachable} does not answer")
    assert len(result.stderr.splitlines()) == 1


def test_json_output_is_only_json(tmp_path: Path) -> None:
    """Programs can parse the whole standard output."""
    found = {
        command: json.loads(emojify(*command.split(), "--json", home=tmp_path).stdout)
        for command in ("token", "migrate", "data show")
    }
    assert found["token"]["token"] == emojify("token", home=tmp_path).stdout.strip()
    assert found["migrate"] == {"ready": True}
    assert found["data show"]["labels"].keys() == set(LABELS)


ACTIONS = [*SERVER_COMMANDS, "data fetch", "data show", "evaluate", "migrate", "token", "train"]


@pytest.mark.parametrize("command", [name for name in ACTIONS if name != "corrections export"])
def test_every_command_has_a_json_option(command: str, tmp_path: Path) -> None:
    """Exceptions are `up`, which runs until stopped, and `corrections export`, which is JSON."""
    assert "--json" in emojify(*command.split(), "--help", home=tmp_path).stdout


@pytest.mark.parametrize("command", [*SERVER_COMMANDS, "up", *COMMANDS])
def test_help_has_an_example(command: str, tmp_path: Path) -> None:
    """The help of every command shows how to call it."""
    result = emojify(*command.split(), "--help", home=tmp_path)
    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert f"emojify {command.partition(' ')[0]}" in result.stdout
