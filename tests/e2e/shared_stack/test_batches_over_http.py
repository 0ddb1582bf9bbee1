"""Batches over a real connection: the command, the client library, an aborted upload."""

import csv
import json
import socket
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from emojify_core.client import Emojify
from emojify_core.commands import main
from emojify_core.errors import ServerRefusedError
from emojify_core.limits import MAX_BODY
from support.batch_files import as_csv
from support.deadlines import eventually
from support.homes import command_line, processes_of
from support.installation import CLEAR
from support.stack import Stack

NUMBER = 3000
LINE = "1,I was so happy that day.\n"
FIFTY_MB = 50_000_000
MAY_GROW = 30 << 20  # bytes


def emojify(stack: Stack, *arguments: str) -> Result:
    """Run `emojify batch` as the owner of the installation."""
    env = {"EMOJIFY_HOME": str(stack.home), "EMOJIFY_PORT": str(stack.port)}
    result = CliRunner().invoke(main, ["batch", *arguments], env=env)
    assert not isinstance(result.exception, Exception), result.exception
    return result


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of 50 MB."""
    path = tmp_path_factory.mktemp("large") / "large.csv"
    path.write_text("id,text\n" + LINE * (FIFTY_MB // len(LINE)), encoding="utf-8")
    return path


def test_the_command_returns_the_results_in_order(stack: Stack, tmp_path: Path) -> None:
    """In one step, or in two with `--detach` and `--id`."""
    texts = list(CLEAR)
    table = [["id", "said"], *([str(n), texts[n % 5]] for n in range(NUMBER)), ["last", " "]]
    file = tmp_path / "survey.csv"
    file.write_text(as_csv(table, ";"), encoding="utf-8")
    done = emojify(stack, str(file), "--json")
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    assert (summary["rows"], summary["failed"]) == (NUMBER + 1, 1)
    with Path(summary["file"]).open(encoding="utf-8", newline="") as results:
        rows = list(csv.DictReader(results, delimiter=";"))
    assert [[row["id"], row["said"]] for row in rows] == table[1:]
    assert [row["label"] for row in rows[:-1]] == [CLEAR[row["said"]] for row in rows[:-1]]
    detached = emojify(stack, str(file), "--detach", "--column", "2")
    out = tmp_path / "later.jsonl"
    assert emojify(stack, "--id", detached.stdout.strip(), "-o", str(out)).exit_code == 0
    lines = out.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [row["id"] for row in rows]


def test_a_client_reads_a_refusal_while_it_still_sends(stack: Stack, large: Path) -> None:
    """The server does not close the connection before the client has read the reason."""
    refused = emojify(stack, str(large), "--column", "answer")
    assert refused.exit_code == 1
    assert refused.stderr.splitlines()[-1].startswith("Error: The file has no column 'answer'.")


def test_a_large_file_is_streamed_and_cancelled_at_once(stack: Stack, large: Path) -> None:
    """The web process receives 50 MB in constant memory."""
    before = peak_memory(stack)
    with Emojify(stack.url) as client:
        batch = client.submit(large)
        assert peak_memory(stack) - before < MAY_GROW
        eventually(lambda: client.batch(batch.id).done, within=30, what="it has begun")
        with Emojify(stack.url) as stranger, pytest.raises(ServerRefusedError) as refused:
            stranger.cancel(batch.id)
        assert refused.value.status == 404
        started = time.monotonic()
        client.cancel(batch.id)
        assert client.batch(batch.id).over
        assert time.monotonic() - started < 2
        assert client.batches()[0].id == batch.id


def test_an_aborted_upload_leaves_nothing(stack: Stack) -> None:
    """The unfinished file is deleted."""
    before = stored(stack)
    half = b"id,text\n" + LINE.encode() * (MAX_BODY // len(LINE))  # threads get larger bodies
    head = (
        "POST /api/v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
        f"Content-Length: {2 * len(half)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", stack.port)) as connection:
        connection.sendall(head.encode() + half)
        eventually(lambda: stored(stack) - before, within=20, what="the server has begun to write")
    eventually(lambda: not stored(stack) - before, within=10, what="nothing is left")


def stored(stack: Stack) -> set[Path]:
    """Return the folders of batches and the unfinished files."""
    store = stack.home / "store"
    return {*store.glob("batches/*"), *store.glob(".unfinished/*")}


def peak_memory(stack: Stack) -> int:
    """Return the largest resident size of any web process, in bytes."""
    found = []
    for pid in processes_of(stack.home):
        if " -m web" in command_line(pid):
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
            peak = next(line for line in status if line.startswith("VmHWM:"))
            found.append(int(peak.split()[1]) << 10)
    assert found, "the web runs"
    return max(found)
