"""What people on call can alert on."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from emojify_core.queue.redis_clock import CLOCK
from emojify_core.runtime.process_report import ProcessState, read_states, write_states
from emojify_core.settings import Settings
from support.homes import fresh_home
from support.installation import one, queue_of
from support.redis_server import running_redis
from web.app import create_app


@pytest.fixture
def settings() -> Iterator[Settings]:
    """Return the settings of an installation whose supervisor gave up Flower."""
    with fresh_home() as home, running_redis(home) as server:
        write_states(
            home, [ProcessState("flower", 4, degraded=True), ProcessState("web", 1, degraded=False)]
        )
        yield server.settings


def test_metrics_tell_restarts_room_and_the_oldest_message(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No worker runs here, so a message waits."""
    with queue_of(settings) as queue:
        queue.submit(one())
    now = CLOCK.now()
    monkeypatch.setattr(CLOCK, "now", lambda: now + 7)
    app = create_app(settings)
    with app.test_client() as client:
        lines = client.get("/metrics").text.splitlines()
        ready = client.get("/readyz").get_json()
    app.extensions["emojify-storage"].engine.dispose()
    found = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert found['emojify_process_restarts_total{process="flower"}'] == "4.0"
    assert found['emojify_process_degraded{process="flower"}'] == "1.0"
    assert float(found["emojify_store_free_bytes"]) > 0
    assert float(found['emojify_redis_memory_bytes{kind="used"}']) > 0
    assert 6.5 < float(found["emojify_oldest_message_seconds"]) < 12
    assert "exits again and again" in ready["degraded"]["flower"]


def test_metrics_work_without_redis_and_supervisor(visitor: FlaskClient) -> None:
    """What is away is left out, and the rest is told."""
    text = visitor.get("/metrics").text
    assert "emojify_redis_up 0.0" in text
    assert "emojify_store_free_bytes" in text


def test_damaged_report_counts_as_none() -> None:
    """Status must work in any state of the folder."""
    with fresh_home() as home:
        assert read_states(home) == []
        write_states(home, [])
        (home / "run" / "processes.json").write_text("{")
        assert read_states(home) == []
