"""The local run with other settings: an external Redis, and open to the network."""

import json
from collections.abc import Iterator

import httpx
import pytest

from support.deadlines import eventually
from support.homes import command_line, fresh_home, processes_of
from support.installation import JOYFUL
from support.processes import free_port
from support.redis_server import RedisServer
from support.stack import Stack

PASSWORD = "a password to look for"  # noqa: S105


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """Run a Redis that the stack did not start."""
    with fresh_home() as home:
        server = RedisServer(home, port=free_port())
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def public(server: RedisServer) -> Iterator[Stack]:
    """Run the whole stack on that Redis, listening on every address."""
    variables = {
        "EMOJIFY_REDIS_URL": server.url,
        "EMOJIFY_BIND": "0.0.0.0",  # noqa: S104  (what is tested)
        "EMOJIFY_API_KEYS": "open",
        "EMOJIFY_FLOWER_PASSWORD": PASSWORD,
        "EMOJIFY_LOG": "json",
    }
    with fresh_home() as home, Stack(home, **variables) as stack:
        stack.start("local")
        stack.until_ready()
        yield stack


def _status(stack: Stack, auth: tuple[str, str] | None) -> int:
    try:
        return stack.http.get(f"{stack.flower_url}/workers", auth=auth).status_code
    except httpx.TransportError:
        return 0


def test_a_configured_redis_is_used_and_no_other_started(
    public: Stack, server: RedisServer
) -> None:
    """EMOJIFY_REDIS_URL replaces the stack's own Redis."""
    assert public.predict(JOYFUL)["result"]["label"] == "joy"
    assert not [p for p in processes_of(public.home) if "valkey" in command_line(p)]
    assert not (public.home / "valkey").exists()
    with server.client() as redis:
        assert redis.keys("celery-task-meta-*")


def test_flower_needs_a_password_when_others_can_reach_it(public: Stack) -> None:
    """Nobody on the network sees the queue without the password."""
    eventually(lambda: _status(public, None), within=30, what="Flower is up")
    assert _status(public, None) == 401
    assert _status(public, ("emojify", "wrong")) == 401
    assert _status(public, ("emojify", PASSWORD)) == 200


def test_the_password_is_in_no_command_line_and_no_log(public: Stack) -> None:
    """Other users of the machine cannot read it in the process list."""
    lines = [command_line(pid) for pid in processes_of(public.home)]
    assert any("deploy.flower" in line for line in lines)
    assert not any(PASSWORD in line for line in lines)
    assert PASSWORD not in public.output()


def test_json_logs_share_a_request_id_and_hold_no_text(public: Stack) -> None:
    """The request id leads from the web's log line to the worker's."""
    text = "We danced all night in Ouagadougou!"
    asked = public.http.post(
        "/api/v1/predictions",
        json={"text": text},
        headers={"Prefer": "wait=10", "X-Request-Id": "ticket-7"},
    )
    assert asked.json()["state"] == "succeeded"
    local = public.parts["local"]
    local.says('"status": 200', within=20)

    def events() -> dict[str, dict[str, object]]:
        """Return the log events of our request by process."""
        parsed = [json.loads(line) for line in local.output().splitlines() if line[:1] == "{"]
        return {each["process"]: each for each in parsed if each.get("request_id") == "ticket-7"}

    eventually(lambda: events().keys() == {"web", "worker"}, within=20, what="both have logged it")
    assert events()["worker"]["texts"] == 1
    assert events()["web"]["path"] == "/api/v1/predictions"
    assert "Ouagadougou" not in local.output()
