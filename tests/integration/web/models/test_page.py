"""The Models page in a browser without JavaScript, and its rollback form."""

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
    """Reasons are escaped."""
    number = publish(storage, 0.62)
    refuse(storage, 0.5, "It would <forget> everything.")
    page = visitor.get("/models")
    assert page.headers["Cache-Control"] == "no-store"
    assert f"Version {number}" in page.text
    assert "It would &lt;forget&gt; everything." in page.text
    assert page.text.count("is-live") == 1
    assert 'role="img" aria-label="Versions' in page.text


def test_only_the_administrator_can_roll_back(
    visitor: FlaskClient, storage: Storage, token: str
) -> None:
    """By the token in the form or after sign-in; the reason is stored and escaped."""
    publish(storage, 0.62)
    before = live(storage)
    where = "/models/1/back"
    assert f"as a new version {before + 1}" in visitor.get(where).text
    for wrong in ("", "x", token[:-1], token.swapcase()):
        refused = visitor.post(where, data={"token": wrong, "why": "<b>"}, headers=BROWSER)
        assert refused.status_code == 403
        assert "not the administrator&#39;s token" in refused.text
        assert 'value="&lt;b&gt;"' in refused.text, "the form keeps the reason"
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert_problem(visitor.post(where, data={"token": token}, headers=foreign), 403)
    assert live(storage) == before
    done = visitor.post(where, data={"token": token, "why": "<b>worse</b>"})
    assert (done.status_code, done.headers["Location"]) == (303, "/models")
    assert "worse" not in visitor.get("/models").text, "the reason is not public"
    assert "Set-Cookie" not in done.headers, "the token is valid for this request alone"
    visitor.post("/sign-in", data={"secret": token})
    assert "by administrator: &lt;b&gt;worse&lt;/b&gt;" in visitor.get("/models").text
    assert 'name="token"' not in visitor.get(f"/models/{before}/back").text
    assert visitor.post(f"/models/{before}/back", data={}).status_code == 303
    assert live(storage) == before + 2


def test_an_impossible_rollback_is_refused(
    visitor: FlaskClient, storage: Storage, token: str
) -> None:
    """The version is unknown, its files are deleted, or the reason is invalid."""
    gone = publish(storage, 0.62, files=False)
    publish(storage, 0.62)
    form = {"token": token}
    for number in (0, live(storage) + 1, 10**12):
        assert_problem(visitor.get(f"/models/{number}/back"), 404)
        assert_problem(visitor.post(f"/models/{number}/back", data=form), 404)
    refused = visitor.post(f"/models/{gone}/back", data=form, headers=BROWSER)
    assert refused.status_code == 409
    assert re.search(r'role="alert">The files of version \d+ were deleted', refused.text)
    assert_problem(visitor.post("/models/1/back", data=form | {"why": "a\0b"}), 422, "why")
    assert_problem(visitor.post("/models/1/back", data=form | {"why": "x" * 501}), 422, "why")


def test_with_api_keys_the_pages_redirect_to_sign_in(serve: Serve) -> None:
    """The pages need a key like the API."""
    client = serve(api_keys=("a-long-enough-key",)).test_client()
    for path in ("/models", "/status", "/models/1/back"):
        assert client.get(path).headers["Location"].startswith("/sign-in")
    assert client.get("/texts.js").status_code == 200, "the sign-in page needs its texts"
