"""A bad request gets an explanation, and the next request works."""

import re

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from security.bad_requests import ROUTES
from support.api_checks import API, Bad, assert_problem, bad_bodies
from support.installation import CLEAR, JOYFUL

BAD = bad_bodies()


def assert_works(client: FlaskClient) -> None:
    """Check that a good request still works."""
    good = client.post(API, json={"text": JOYFUL}, headers={"Prefer": "wait=10"})
    assert good.get_json()["result"]["label"] == CLEAR[JOYFUL]


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_body_is_refused_with_a_sentence_and_its_field(client: FlaskClient, bad: Bad) -> None:
    """A client reads what to correct, and the log has no error."""
    with structlog.testing.capture_logs() as log:
        response = client.post(API, data=bad.body, content_type=bad.content_type)
    assert_problem(response, bad.status, bad.field)
    assert [event["log_level"] for event in log] == ["info"], "one line, no stack trace"
    assert_works(client)


@pytest.mark.parametrize("size", [3 * 1024 * 1024, 3 * 1024 * 1024 + 1])
def test_the_body_limit_is_exact_to_the_byte(client: FlaskClient, size: int) -> None:
    """Three mebibytes are accepted, one byte more is not."""
    body = b'{"text": "hello"}'.ljust(size)
    response = client.post(API, data=body, content_type="application/json")
    if size > 3 * 1024 * 1024:
        problem = assert_problem(response, 413)
        assert "3,145,728 bytes" in problem.detail
    else:
        assert response.status_code == 202


@pytest.mark.parametrize("path", ["/", "/predict"])
def test_a_form_over_the_limit_is_refused(client: FlaskClient, path: str) -> None:
    """The page and the article's route have the same limit."""
    data = {"text": "x" * (3 << 20), "name": "x" * (3 << 20)}
    assert_problem(client.post(path, data=data), 413)


@pytest.mark.parametrize(
    "unknown",
    ["nothing", "A" * 32, "%F0%9F%98%84", "%C3%A9" * 32, "%FF%FE", "%00", "a" * 4000, ".."],
)
@pytest.mark.parametrize("prefix", [API, "/predictions"])
def test_an_unknown_id_is_not_found(client: FlaskClient, prefix: str, unknown: str) -> None:
    """A mistyped id gets 404."""
    with structlog.testing.capture_logs() as log:
        assert_problem(client.get(f"{prefix}/{unknown}"), 404)
    assert [event["log_level"] for event in log] == ["info"]


def test_an_id_with_a_wrong_signature_is_not_found(client: FlaskClient) -> None:
    """Changing any character of an id gives 404."""
    known = client.post(API, json={"text": "hello"}).get_json()["id"]
    for place in range(len(known)):
        letter = "A" if known[place] != "A" else "B"
        altered = known[:place] + letter + known[place + 1 :]
        assert_problem(client.get(f"{API}/{altered}"), 404, "id")
    assert client.get(f"{API}/{known}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", API, {"POST", "OPTIONS"}),
        ("PUT", API, {"POST", "OPTIONS"}),
        ("DELETE", f"{API}/abc", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/predict", {"POST", "OPTIONS"}),
        ("PATCH", "/", {"GET", "HEAD", "POST", "OPTIONS"}),
    ],
)
def test_a_wrong_method_gets_405_and_allow(
    client: FlaskClient, method: str, path: str, allowed: set[str]
) -> None:
    """The Allow header names the right methods."""
    response = client.open(path, method=method)
    assert_problem(response, 405)
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/nowhere", "/api/v2/predictions", "/static/../app.py", "/%00"])
def test_a_wrong_path_gets_a_problem(client: FlaskClient, path: str) -> None:
    """Programs never need to parse HTML."""
    assert_problem(client.get(path), 404)


def test_neither_errors_nor_the_log_repeat_the_text(client: FlaskClient) -> None:
    """A person's text stays out of error messages and the log."""
    secret = "xyzzy-plugh"  # noqa: S105  (a word to look for)
    with structlog.testing.capture_logs() as log:
        for body in ({"text": [secret]}, {"texts": secret}, {"text": secret, "texts": [secret]}):
            assert secret not in client.post(API, json=body).text
        assert secret not in client.post(API, json={"text": secret}).text
        assert secret not in client.post(API, data=secret, content_type="application/json").text
    assert secret not in str(log)


def test_the_attacks_know_every_route(app: Flask) -> None:
    """`tests/security` sends bad requests to running stacks, also for routes that are new."""
    served = {re.sub(r"<[^>]*>", "ID", str(rule)) for rule in app.url_map.iter_rules()}
    assert served - set(ROUTES) == set()
