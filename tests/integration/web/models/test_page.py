"""The Models and Status pages as they are without JavaScript, and who may go back to a version."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem
from support.model_history import publish, refuse

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

Serve = Callable[..., Flask]


@pytest.fixture
def token(apart: Settings) -> str:
    """Return the administrator's token."""
    return apart.secret("admin_token", apart.admin_token)


def live(storage: Storage) -> int:
    """Return the number of the live version."""
    return storage.versions.live().version.version


def test_versions_and_refusals_are_listed(visitor: FlaskClient, storage: Storage) -> None:
    """What a reason says stays text."""
    number = publish(storage, 0.62)
    refuse(storage, 0.5, "It would <forget> everything.")
    page = visitor.get("/models")
    assert page.headers["Cache-Control"] == "no-store"
    assert f"Version {number}" in page.text
    assert "It would &lt;forget&gt; everything." in page.text
    assert page.text.count("is-live") == 1
    assert 'role="img" aria-label="From version' in page.text


def test_going_back_is_the_administrator_s(
    visitor: FlaskClient, storage: Storage, token: str
) -> None:
    """With the token in the form or signed in with it; a reason is kept, and shown as text."""
    publish(storage, 0.62)
    before = live(storage)
    where = "/models/1/back"
    assert f"as a new version {before + 1}" in visitor.get(where).text
    for wrong in ("", "x", token[:-1], token.swapcase()):
        refused = visitor.post(where, data={"token": wrong, "why": "<b>"}, headers=BROWSER)
        assert refused.status_code == 403
        assert "not the administrator&#39;s token" in refused.text
        assert 'value="&lt;b&gt;"' in refused.text, "what was written is not lost"
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert_problem(visitor.post(where, data={"token": token}, headers=foreign), 403)
    assert live(storage) == before
    done = visitor.post(where, data={"token": token, "why": "<b>worse</b>"})
    assert (done.status_code, done.headers["Location"]) == (303, "/models")
    assert "by administrator: &lt;b&gt;worse&lt;/b&gt;" in visitor.get("/models").text
    assert "Set-Cookie" not in done.headers, "the token opened this one door"
    visitor.post("/sign-in", data={"secret": token})
    assert 'name="token"' not in visitor.get(f"/models/{before}/back").text
    assert visitor.post(f"/models/{before}/back", data={}).status_code == 303
    assert live(storage) == before + 2


def test_what_cannot_be_gone_back_to_is_told(
    visitor: FlaskClient, storage: Storage, token: str
) -> None:
    """No such version; one whose files are gone; a reason that cannot be kept."""
    gone = publish(storage, 0.62, files=False)
    publish(storage, 0.62)
    form = {"token": token}
    for number in (0, live(storage) + 1, 10**12):
        assert_problem(visitor.get(f"/models/{number}/back"), 404)
        assert_problem(visitor.post(f"/models/{number}/back", data=form), 404)
    told = visitor.post(f"/models/{gone}/back", data=form, headers=BROWSER)
    assert told.status_code == 409
    assert re.search(r'role="alert">The files of version \d+ were deleted', told.text)
    assert_problem(visitor.post("/models/1/back", data=form | {"why": "a\0b"}), 422, "why")
    assert_problem(visitor.post("/models/1/back", data=form | {"why": "x" * 501}), 422, "why")


def test_the_status_is_there_when_nothing_else_is(visitor: FlaskClient) -> None:
    """Without Redis it says so, with status 200: the page itself works."""
    page = visitor.get("/status")
    assert page.status_code == 200
    assert "Predictions cannot be answered" in page.text
    assert "Redis does not answer." in page.text


def test_flower_is_linked_where_it_can_be_reached(serve: Serve) -> None:
    """On the same host; behind a proxy it is named only: that passes on the page alone."""
    client = serve(flower_port=5999).test_client()
    for host in ("127.0.0.1:5000", "localhost", "[::1]:5000"):
        page = client.get("/status", headers={"Host": host}).text
        bare = host.removesuffix(":5000")
        assert f'href="http://{bare}:5999"' in page
    proxied = client.get("/status", headers={"X-Forwarded-For": "10.0.0.1"}).text
    assert "Flower listens on port 5999" in proxied
    assert "Flower listens" in client.get("/status", base_url="https://emojify.example").text


def test_where_keys_are_asked_for_the_views_lead_to_signing_in(serve: Serve) -> None:
    """Who may not ask may not look either."""
    client = serve(api_keys=("a-long-enough-key",)).test_client()
    for path in ("/models", "/status", "/models/1/back"):
        assert client.get(path).headers["Location"].startswith("/sign-in")
    assert client.get("/texts.js").status_code == 200, "the sign-in page speaks, too"
