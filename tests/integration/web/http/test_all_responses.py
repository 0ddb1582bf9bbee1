"""What holds for every answer of the web, good or bad."""

import json
import logging
import re

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.labels import LABELS
from support.api_checks import API, assert_problem, parse_as
from support.installation import JOYFUL
from web.status.schemas import Health

KINDS = {
    "page": ("GET", "/", 200),
    "page refused": ("POST", "/", 422),
    "script": ("GET", "/static/try.js", 200),
    "style": ("GET", "/static/base.css", 200),
    "reference": ("GET", "/api", 200),
    "description": ("GET", "/api/v1/openapi.json", 200),
    "health": ("GET", "/healthz", 200),
    "readiness": ("GET", "/readyz", 200),
    "metrics": ("GET", "/metrics", 200),
    "unknown prediction": ("GET", f"{API}/nothing", 404),
    "nowhere": ("GET", "/nowhere", 404),
    "wrong method": ("PUT", API, 405),
    "wrong type": ("POST", API, 415),
    "options": ("OPTIONS", API, 200),
}


@pytest.mark.parametrize(("method", "path", "status"), KINDS.values(), ids=KINDS)
def test_every_answer_carries_the_security_headers(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    """Nothing from elsewhere is loaded, framed or guessed, whichever answer it is."""
    response = client.open(path, method=method)
    response.close()  # a static file
    assert response.status_code == status
    headers = response.headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers, "other sites cannot read our answers"
    assert "Set-Cookie" not in headers
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])


def test_a_client_s_request_id_goes_from_answer_to_log(client: FlaskClient) -> None:
    """Whoever reports a problem can name the request, and we find it."""
    with structlog.testing.capture_logs() as log:
        response = client.get("/healthz", headers={"X-Request-Id": "ticket-42"})
    assert response.headers["X-Request-Id"] == "ticket-42"
    assert log[0]["request_id"] == "ticket-42"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "é", "a%0d%0ab", "<script>"])
def test_a_request_id_that_is_none_is_replaced(client: FlaskClient, given: str) -> None:
    """Nobody writes into our log through a header."""
    with structlog.testing.capture_logs() as log:
        response = client.get("/healthz", headers={"X-Request-Id": given})
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["X-Request-Id"])
    assert log[0]["request_id"] == response.headers["X-Request-Id"]


def test_health_says_what_answers(client: FlaskClient) -> None:
    """A load balancer and a person read the same answer."""
    assert parse_as(client.get("/healthz"), Health) == Health(ok=["web"], failing={})
    ready = parse_as(client.get("/readyz"), Health)
    assert (ready.ok, ready.failing) == (["redis", "worker", "database"], {})
    assert ready.degraded.keys() == {"trainer"}, "none runs here, and predictions do without"


def test_metrics_count_requests_by_route_and_what_workers_did(client: FlaskClient) -> None:
    """Prometheus sees traffic, the queue and every worker, and never an id or a text."""
    done = client.post(API, json={"text": JOYFUL}, headers={"Prefer": "wait=10"}).get_json()
    client.get(f"{API}/{done['id']}")
    response = client.get("/metrics")
    assert response.mimetype == "text/plain"
    assert 'route="/api/v1/predictions/<prediction_id>"' in response.text
    assert re.search(r'emojify_queue_messages\{queue="predict"\} 0\.0', response.text)
    worker = r'\{worker="predict@[^"]+"\}'
    assert re.search(rf"emojify_worker_model_version{worker} 1\.0", response.text)
    assert re.search(rf"emojify_worker_task_seconds_sum{worker} \d", response.text)
    memory = re.search(rf"emojify_worker_memory_bytes{worker} (\S+)", response.text)
    assert memory
    assert float(memory[1]) > 20e6
    assert "emojify_redis_up 1.0" in response.text
    assert done["id"] not in response.text
    assert "exam" not in response.text


def test_metrics_are_as_many_as_routes_whatever_is_asked(client: FlaskClient) -> None:
    """Who makes up methods and paths fills neither the process's memory nor Prometheus's."""
    for made_up in ("FROB", "FROB2"):
        client.open(API, method=made_up)
        client.open(f"/{made_up}", method=made_up)
    text = client.get("/metrics").text
    assert "FROB" not in text
    assert 'method="none",route="none",status="405"' in text


def test_an_unexpected_error_tells_the_client_nothing_and_the_log_no_text(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When we break, a person reads one sentence, and their text stays out of the log."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("an inner detail")

    monkeypatch.setitem(app.view_functions, "health.healthz", broken)
    with structlog.testing.capture_logs() as log:
        response = client.get("/healthz")
    assert_problem(response, 500)
    assert "inner detail" not in response.text
    assert "Zero" not in response.text
    assert log[0]["log_level"] == "error"
    assert log[0]["path"] == "/healthz"


def test_labels_come_in_one_order_everywhere(client: FlaskClient) -> None:
    """Programs that list the emotions show them as the page does."""
    answer = client.post(API, json={"text": JOYFUL}, headers={"Prefer": "wait=10"})
    pairs = json.loads(answer.data, object_pairs_hook=list)
    result = dict(dict(pairs)["result"])
    assert [name for name, _ in result["probabilities"]] == list(LABELS)
    page = client.get("/").text
    assert re.findall(r'<tr data-emotion="([a-z]+)"', page) == list(LABELS)


def test_nothing_is_logged_through_the_root_logger(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A request is one event; libraries add nothing to it."""
    with caplog.at_level(logging.INFO):
        client.post(API, json={"text": JOYFUL}, headers={"Prefer": "wait=10"})
        client.post(API, json={"text": ""})
    assert caplog.records == []
