"""Texts that Redis has forgotten do not stay in its log on the disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.deadlines import eventually
from support.homes import fresh_home
from support.redis_server import RedisServer
from worker.training.redis_log import rewrite_log

SECRET = b"my aunt told me a secret"


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a data folder."""
    with fresh_home() as home:
        yield home


def test_a_rewritten_log_holds_no_text_that_redis_forgot(home: Path) -> None:
    """An idle server would keep it until its log has grown by four megabytes."""
    server = RedisServer(home)
    server.start()

    def in_log() -> bool:
        files = (home / "valkey").rglob("*.aof")
        return any(SECRET in file.read_bytes() for file in files if file.is_file())

    try:
        with server.client() as client:
            client.set("result", SECRET, px=100)
            eventually(in_log, within=10, what="the text is in the log")
            eventually(lambda: client.get("result") is None, within=10, what="the result expires")
            assert in_log()
            rewrite_log(client)
            rewrite_log(client)  # while the first may still run
            eventually(lambda: not in_log(), within=20, what="the log is written anew")
    finally:
        server.stop()
