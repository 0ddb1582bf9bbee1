"""Workers and clients when Redis answers, but refuses: a failover, a full disk, missing rights."""

from collections.abc import Iterator

import pytest

from support.deadlines import eventually
from support.homes import fresh_home
from support.installation import JOYFUL, settings_of, until_worker, workers_of
from support.processes import free_port
from support.redis_server import RedisServer, running_redis
from support.stack import Stack

HEALS_WITHIN = 10  # seconds after the fault
Command = tuple[str, ...]

READ_ONLY = ("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")
# No command may write, as with MISCONF.
TOO_FEW = (
    ("CONFIG", "SET", "min-replicas-to-write", "1"),
    ("CONFIG", "SET", "min-replicas-to-write", "0"),
)
NO_RIGHTS = ("ACL", "SETUSER", "emojify", "resetkeys"), ("ACL", "SETUSER", "emojify", "~*")


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Run a Redis on a port, with a user for Emojify."""
    with running_redis(port=free_port()) as server:
        with server.client() as client:
            # What docs/operations.md says a user needs.
            rights = "on >word ~* &* +@all -@admin -@dangerous +info +config|get"
            client.execute_command("ACL", "SETUSER", "emojify", *rights.split())
        yield server


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        pytest.param(READ_ONLY, "read-only replica", id="failover"),
        pytest.param(TOO_FEW, "too few replicas", id="refuses writes"),
        pytest.param(NO_RIGHTS, "too few rights", id="no rights"),
    ],
)
def test_no_reply_of_redis_ends_a_worker(
    server: RedisServer, commands: tuple[Command, Command], sentence: str
) -> None:
    """Predictions get 503 meanwhile, `/readyz` says why, and the same worker answers afterwards."""
    with fresh_home() as home, Stack(home) as stack:
        stack.environ["EMOJIFY_REDIS_URL"] = server.url.replace("redis://", "redis://emojify:word@")
        stack.start("worker", "web")
        settings = settings_of(stack.environ)
        until_worker(settings)
        stack.until_ready()
        assert stack.predict(JOYFUL)["state"] == "succeeded"
        (before,) = workers_of(settings)
        with server.client() as client:
            client.execute_command(*commands[0])
            eventually(
                lambda: sentence in str(stack.http.get("/readyz").json()["failing"].get("redis")),
                within=5,
                what="the cause is told",
            )
            assert stack.http.get("/readyz").status_code == 503
            for _ in range(4):  # longer than a worker that ends would live
                response = stack.http.post("/api/v1/predictions", json={"text": JOYFUL})
                assert response.status_code == 503
                assert sentence in stack.http.get("/status").text
            worker = stack.parts["worker"]
            worker.says(sentence, within=10)
            assert worker.running
            client.execute_command(*commands[1])
        eventually(
            lambda: stack.predict(JOYFUL, wait=2).get("state") == "succeeded",
            within=HEALS_WITHIN,
            what="predictions flow again",
        )
        stack.until_ready()
        (after,) = workers_of(settings)
        assert after.name == before.name, "the same process"
        assert "Traceback" not in stack.output()
        assert "Unrecoverable" not in stack.output()
