"""`emojify corrections review` against a server: list, decide, ask on a terminal."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import structlog
from click.testing import CliRunner, Result

from emojify_core.client.administration import Administration
from emojify_core.client.connection import Connection
from emojify_core.commands import main, review
from emojify_core.commands.terminal.server_options import Server
from emojify_core.correction_states import CorrectionState
from emojify_core.storage.corrections.review_records import ReviewFilter
from emojify_core.storage.factory import Storage
from support.learning import draft

S = CorrectionState


@pytest.fixture
def command(
    serve: Any, storage: Storage, administrator: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Return a function that runs the command; its requests reach the app without a socket."""
    waiting = [each.id for each in storage.reviews.page(ReviewFilter(), limit=999)]
    storage.corrections.move(waiting, S.REJECTED)
    app = serve()

    @contextmanager
    def administer(_: Server) -> Iterator[Administration]:
        connection = Connection("http://127.0.0.1:1")
        transport = httpx.WSGITransport(app=app)
        options: Any = {"transport": transport, "headers": administrator}
        monkeypatch.setattr(
            connection, "_http", httpx.Client(base_url="http://127.0.0.1:1", **options)
        )
        yield Administration(connection)

    monkeypatch.setattr(Server, "administer", administer)

    def run(*arguments: str) -> Result:
        with structlog.testing.capture_logs():  # the app logs to the same output
            result = CliRunner().invoke(main, ["corrections", "review", *arguments])
        assert not isinstance(result.exception, Exception), result.exception
        return result

    return run


def wait(storage: Storage, text: str, **more: str) -> str:
    """Add a correction that waits for review; return its id."""
    return storage.corrections.add(draft(text, "joy", **more), S.REVIEW)[0].id


def states(storage: Storage, *ids: str) -> list[str]:
    """Return the states of corrections."""
    return [storage.corrections.get(each).state.value for each in ids]


def test_what_waits_is_listed_for_programs(command: Any, storage: Storage) -> None:
    """Beyond a terminal it lists, as JSON too; more than one page of the API."""
    ids = [wait(storage, f"t{number}") for number in range(30)]
    listed = [json.loads(line) for line in command("--json").stdout.splitlines()]
    assert [each["id"] for each in listed] == ids
    assert listed[0]["voices"] == {"same": 1, "other": 0}
    lines = command("--limit", "26").stdout.splitlines()
    assert len(lines) == 26
    assert lines[0].split("\t")[0] == ids[0]


def test_ids_and_whole_senders_are_decided(command: Any, storage: Storage) -> None:
    """The exit code tells whether all were decided as wanted."""
    one, two = wait(storage, "a"), wait(storage, "b")
    many = [wait(storage, f"t{number}", network="n" * 32) for number in range(105)]
    assert command("--accept", one, two).exit_code == 0
    assert states(storage, one, two) == ["queued", "queued"]
    late = command("--reject", one, "nobody")
    assert late.exit_code == 1
    assert "nobody  There is no correction with this id." in late.stderr
    rejected = command("--reject", "--network", "n" * 32, "--why", "a campaign")
    assert len(rejected.stdout.splitlines()) == 105
    assert {*states(storage, *many)} == {"rejected"}


@pytest.mark.parametrize(
    "arguments", [["an-id"], ["--accept"], ["--accept", "an-id", "--client", "anna"]]
)
def test_unclear_options_are_refused(command: Any, arguments: list[str]) -> None:
    """Nothing is decided by a slip."""
    assert command(*arguments).exit_code == 2


def test_on_a_terminal_each_is_asked_for(
    command: Any, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Y accepts, n rejects, s skips, q ends; other keys do nothing."""
    ids = [wait(storage, f"t{number}\x1b[2J") for number in range(5)]
    keys = iter("yxnsq")
    monkeypatch.setattr(review, "_is_terminal", lambda: True)
    monkeypatch.setattr("click.getchar", lambda: next(keys))
    said = command().stdout
    assert states(storage, *ids) == ["queued", "rejected", "review", "review", "review"]
    assert "\x1b" not in said, "a text cannot control the terminal"
    assert "the person says joy" in said
