"""Rules for every response of the web: headers, request ids, health, metrics, logs."""

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
def test_every_response_has_the_security_headers(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    """No response lets a browser load, frame or guess content of other sites."""
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
    assert "Access-Control-Allow-Origin" not in headers, "other sites cannot read our responses"
    assert "Set-Cookie" not in headers
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])


def test_no_cache_keeps_an_error(client: FlaskClient) -> None:
    """An id that is unknown today may exist tomorrow, or for somebody else."""
    for path in ("/nowhere", f"{API}/nothing", "/static/nothing.js", "/corrections/nothing"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.headers["Cache-Control"] == "no-store"
    assert client.put(API).headers["Cache-Control"] == "no-store"


def test_a_client_s_request_id_is_returned_and_logged(client: FlaskClient) -> None:
    """A person who reports a problem can name the request."""
    with structlog.testing.capture_logs() as log:
        response = client.get("/healthz", headers={"X-Request-Id": "ticket-42"})
    assert response.headers["X-Request-Id"] == "ticket-42"
    assert log[0]["request_id"] == "ticket-42"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "é", "a%0d%0ab", "<script>"])
def test_a_malformed_request_id_is_replaced(client: FlaskClient, given: str) -> None:
    """A client cannot write into our log through a header."""
    with structlog.testing.capture_logs() as log:
        response = client.get("/healthz", headers={"X-Request-Id": given})
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["X-Request-Id"])
    assert log[0]["request_id"] == response.headers["X-Request-Id"]


def test_readiness_lists_what_works_and_what_is_missing(client: FlaskClient) -> None:
    """A load balancer and a person read the same body."""
    assert parse_as(client.get("/healthz"), Health) == Health(ok=["web"], failing={})
    ready = parse_as(client.get("/readyz"), Health)
    assert (ready.ok, ready.failing) == (["redis", "worker", "database"], {})
    assert ready.degraded.keys() == {"trainer"}, (
        "no trainer runs here; predictions work without one"
    )


def test_metrics_cover_requests_queues_and_workers(client: FlaskClient) -> None:
    """Prometheus sees routes, queues and workers, but no id and no text."""
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


def test_unknown_paths_and_methods_add_no_metric_series(client: FlaskClient) -> None:
    """Invented methods and paths fill no memory, neither here nor in Prometheus."""
    for invented in ("FROB", "FROB2"):
        client.open(API, method=invented)
        client.open(f"/{invented}", method=invented)
    text = client.get("/metrics").text
    assert "FROB" not in text
    assert 'method="none",route="none",status="405"' in text


def test_an_unexpected_error_reveals_no_details(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client reads one sentence, and the user's text stays out of the log."""

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


def test_labels_have_the_same_order_everywhere(client: FlaskClient) -> None:
    """Programs and the page list the emotions in the same order."""
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
