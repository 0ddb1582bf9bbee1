"""The `emojify` command against a running stack."""

import csv
import io
import json
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from emojify_core.client import Emojify
from emojify_core.commands import main
from emojify_core.errors import ServerRefusedError
from emojify_core.messages import State
from support.deadlines import eventually
from support.installation import CLEAR, JOYFUL
from support.processes import PYTHON, Process, clean_environ
from support.stack import Stack


def emojify(stack: Stack, *arguments: str, stdin: str | None = None) -> Result:
    """Run the command as the owner of the installation."""
    env = {"EMOJIFY_HOME": str(stack.home), "EMOJIFY_PORT": str(stack.port)}
    result = CliRunner().invoke(main, arguments, env=env, input=stdin)
    assert not isinstance(result.exception, Exception), result.exception
    return result


def emojify_elsewhere(stack: Stack, user: Path, *arguments: str) -> Result:
    """Run the command as a user on another machine, without a key."""
    env = {
        "EMOJIFY_URL": stack.url,
        "EMOJIFY_HOME": str(user / "none"),
        "EMOJIFY_KEY": "",
        "XDG_CONFIG_HOME": str(user),
    }
    return CliRunner().invoke(main, arguments, env=env)


def as_json(result: Result) -> list[dict[str, object]]:
    """Parse the JSON lines that a command printed."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_thousand_texts_keep_their_order(stack: Stack) -> None:
    """The command splits them into several requests."""
    texts = [*CLEAR] * 200
    found = as_json(emojify(stack, "predict", "--json", stdin="\n".join(texts)))
    assert [each["text"] for each in found] == texts
    assert [each["label"] for each in found] == [*CLEAR.values()] * 200


def test_the_status_lists_queues_and_workers(stack: Stack) -> None:
    """As JSON or for people."""
    found = as_json(emojify(stack, "status", "--json"))[0]
    assert found["ready"] is True
    assert isinstance(found["queues"], dict)
    assert found["queues"]["predict"] == 0
    assert len(found["workers"]) == 1  # type: ignore[arg-type]
    assert "ready, live version" in emojify(stack, "status").stdout


def test_model_versions_are_listed_and_shown(stack: Stack) -> None:
    """An unknown version is refused."""
    listed = as_json(emojify(stack, "models", "list", "--json"))
    assert listed[-1]["version"] == 1
    assert as_json(emojify(stack, "models", "show", "1", "--json")) == [listed[-1]]
    refused = emojify(stack, "models", "show", "9999")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: There is no version 9999 of the model.\n",
    )


def test_corrections_are_made_listed_and_exported(stack: Stack) -> None:
    """The owner of the installation needs no key."""
    made = as_json(emojify(stack, "correct", "--json", JOYFUL, "joy"))[0]
    listed = as_json(emojify(stack, "corrections", "list", "--json", "--limit", "5"))
    assert made["id"] in {each["id"] for each in listed}
    exported = as_json(emojify(stack, "corrections", "export"))
    assert made["id"] in {each["id"] for each in exported}
    refused = emojify(stack, "corrections", "accept", "nobody's")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: There is no correction")


def test_a_wrong_token_is_refused(stack: Stack) -> None:
    """One line gives the reason."""
    options = ("--url", stack.url, "--key", "not the token")
    refused = emojify(stack, "corrections", "undo", "some-id", *options)
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: This is not the administrator's token.\n",
    )


def test_the_client_library_raises_the_server_s_reason(stack: Stack) -> None:
    """A program gets the sentence and the field."""
    with Emojify(stack.url) as client:
        assert client.predict(JOYFUL).label == "joy"
        assert client.predict_all([JOYFUL, " "])[1].error
        with pytest.raises(ServerRefusedError, match="at least one word") as refused:
            client.predict("")
    assert (refused.value.status, refused.value.field) == (422, "text")


def test_a_command_finds_what_an_earlier_one_made(stack: Stack, tmp_path: Path) -> None:
    """Without a key, the command keeps the server's cookie for this user alone."""
    file, anna, berta = tmp_path / "a.csv", tmp_path / "anna", tmp_path / "berta"
    file.write_text("text\n" + "\n".join(CLEAR) + "\n")
    sent = emojify_elsewhere(stack, anna, "batch", str(file), "--detach").stdout.strip()
    out = tmp_path / "out.csv"
    fetched = emojify_elsewhere(stack, anna, "batch", "--id", sent, "-o", str(out))
    assert fetched.exit_code == 0, fetched.output
    assert len(out.read_text().splitlines()) == 1 + len(CLEAR)
    foreign = emojify_elsewhere(stack, berta, "batch", "--id", sent, "-o", str(out), "--force")
    assert foreign.stderr.endswith("Error: You have no batch with this id.\n")
    emojify_elsewhere(stack, anna, "correct", JOYFUL, "joy")
    (correction,) = as_json(emojify_elsewhere(stack, anna, "corrections", "list", "--json"))
    assert correction["text"] == JOYFUL
    (kept,) = (anna / "emojify" / "cookies").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_a_batch_goes_on_after_ctrl_c_until_it_is_fetched_or_ended(
    stack: Stack, tmp_path: Path
) -> None:
    """The command tells how, and leaves no file."""
    file, log = tmp_path / "many.txt", tmp_path / "log"
    file.write_text("I was so happy that day.\n" * 300_000)
    environ = clean_environ(EMOJIFY_HOME=str(stack.home), EMOJIFY_PORT=str(stack.port))
    command = Process([*PYTHON, "emojify_core", "batch", str(file)], environ, log)
    command.start()
    batch_id = command.says("Batch ", within=60).split()[1].rstrip(",")
    token = emojify(stack, "token").stdout.strip()
    with Emojify(stack.url, token) as client:
        eventually(lambda: client.batch(batch_id).done, within=60, what="it has begun")
        command.signal(signal.SIGINT)
        assert command.wait(within=20) == 1
        assert client.batch(batch_id).state in {State.QUEUED, State.RUNNING}
        assert f"emojify batch --id {batch_id}" in command.output()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "many.txt"]
        ended = emojify(stack, "batch", "--id", batch_id, "--cancel")
        assert (ended.exit_code, ended.stdout) == (0, "It is cancelled.\n")
        assert client.batch(batch_id).state is State.CANCELLED


def test_a_pipe_is_answered_by_the_server(stack: Stack) -> None:
    """It is looked at and sent; nothing but the results is on standard output."""
    content = "id,text\n" + "".join(f"{n},{text}\n" for n, text in enumerate(CLEAR))
    piped = emojify(stack, "batch", "-", stdin=content)
    assert piped.exit_code == 0, piped.output
    rows = list(csv.DictReader(io.StringIO(piped.stdout, newline="")))
    assert [(row["text"], row["label"]) for row in rows] == [*CLEAR.items()]
