"""Whatever is sent, the answer says what is wrong, and the next request is answered."""

import pytest
import structlog
from flask.testing import FlaskClient

from support.api_checks import API, Bad, assert_problem, bad_bodies
from support.installation import CLEAR, JOYFUL

BAD = bad_bodies()


def assert_works(client: FlaskClient) -> None:
    """Check that a good request is answered as ever."""
    good = client.post(API, json={"text": JOYFUL}, headers={"Prefer": "wait=10"})
    assert good.get_json()["result"]["label"] == CLEAR[JOYFUL]


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_body_is_refused_with_a_sentence_and_its_field(client: FlaskClient, bad: Bad) -> None:
    """A client reads what to mend; nothing breaks, and nothing alarming is logged."""
    with structlog.testing.capture_logs() as log:
        response = client.post(API, data=bad.body, content_type=bad.content_type)
    assert_problem(response, bad.status, bad.field)
    assert [event["log_level"] for event in log] == ["info"], "one line, no stack trace"
    assert_works(client)


@pytest.mark.parametrize("size", [3 * 1024 * 1024, 3 * 1024 * 1024 + 1])
def test_the_limit_of_a_body_holds_to_the_byte(client: FlaskClient, size: int) -> None:
    """Three mebibytes are read, not one byte more."""
    body = b'{"text": "hello"}'.ljust(size)
    response = client.post(API, data=body, content_type="application/json")
    if size > 3 * 1024 * 1024:
        problem = assert_problem(response, 413)
        assert "3,145,728 bytes" in problem.detail
    else:
        assert response.status_code == 202


@pytest.mark.parametrize("path", ["/", "/predict"])
def test_a_form_over_the_limit_is_refused(client: FlaskClient, path: str) -> None:
    """The page and the article's route are bounded too."""
    data = {"text": "x" * (3 << 20), "name": "x" * (3 << 20)}
    assert_problem(client.post(path, data=data), 413)


@pytest.mark.parametrize(
    "unknown",
    ["nothing", "A" * 32, "%F0%9F%98%84", "%C3%A9" * 32, "%FF%FE", "%00", "a" * 4000, ".."],
)
@pytest.mark.parametrize("prefix", [API, "/predictions"])
def test_an_unknown_id_is_not_found(client: FlaskClient, prefix: str, unknown: str) -> None:
    """A mistyped id gets 404, whatever was typed."""
    with structlog.testing.capture_logs() as log:
        assert_problem(client.get(f"{prefix}/{unknown}"), 404)
    assert [event["log_level"] for event in log] == ["info"]


def test_an_id_with_a_wrong_signature_is_not_found(client: FlaskClient) -> None:
    """Changing one character of an id leads nowhere."""
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
def test_a_wrong_method_is_told_the_right_ones(
    client: FlaskClient, method: str, path: str, allowed: set[str]
) -> None:
    """405 comes with Allow."""
    response = client.open(path, method=method)
    assert_problem(response, 405)
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/nowhere", "/api/v2/predictions", "/static/../app.py", "/%00"])
def test_a_wrong_path_is_a_problem_too(client: FlaskClient, path: str) -> None:
    """Programs never have to read HTML."""
    assert_problem(client.get(path), 404)


def test_no_answer_repeats_the_text(client: FlaskClient) -> None:
    """What a person wrote does not come back in error messages, nor does it enter the log."""
    secret = "xyzzy-plugh"  # noqa: S105  (a word to look for)
    with structlog.testing.capture_logs() as log:
        for body in ({"text": [secret]}, {"texts": secret}, {"text": secret, "texts": [secret]}):
            assert secret not in client.post(API, json=body).text
        assert secret not in client.post(API, json={"text": secret}).text
        assert secret not in client.post(API, data=secret, content_type="application/json").text
    assert secret not in str(log)
