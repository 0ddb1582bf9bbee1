"""Cookies, API keys, the administrator's token, and signing in."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from emojify_core.settings import Settings
from emojify_core.storage.database.sign_in_table import SignInRow
from support.api_checks import assert_problem
from web.auth.credentials import SIGNED_IN_FOR

API = "/api/v1/corrections"
KEYS = ("a key of sixteen or more letters", "another key, as long as it needs")
BODY = {"text": "They all saw me fall.", "label": "shame"}
FOREIGN = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}

Serve = Callable[..., Flask]


@pytest.fixture
def token(apart: Settings) -> str:
    """Return the administrator's token."""
    return apart.secret("admin_token", apart.admin_token)


@pytest.fixture
def locked(serve: Serve) -> Flask:
    """Return the app of a server that needs API keys."""
    return serve(api_keys=KEYS)


def sign_in(client: FlaskClient, secret: str, **form: str) -> TestResponse:
    """Send the form as our page does."""
    own = {"Sec-Fetch-Site": "same-origin"}
    return client.post("/sign-in", data={"secret": secret, **form}, headers=own)


def cookie_of(response: TestResponse) -> Any:
    """Return the cookie that a response sets."""
    return SimpleCookie(response.headers["Set-Cookie"])["emojify"]


def test_the_cookie_is_closed_to_scripts_and_other_sites(
    visitor: FlaskClient,
) -> None:
    """A visitor finds their correction again, and a forged cookie finds nothing."""
    made = visitor.post(API, json=BODY)
    cookie = cookie_of(made)
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert cookie["path"] == "/"
    assert cookie["expires"], "it outlives the browser session"
    listed = visitor.get(API)
    assert made.get_json()["id"] in {each["id"] for each in listed.get_json()["corrections"]}
    assert "Set-Cookie" not in listed.headers
    assert "Cookie" in listed.headers["Vary"]
    other = visitor.application.test_client()
    other.set_cookie("emojify", cookie.value[:-2] + "xx")
    assert other.get(API).get_json()["corrections"] == [], "a forged cookie is ignored"


def test_the_cookie_is_secure_over_https(serve: Serve) -> None:
    """A cookie that was set over HTTPS is never sent over plain HTTP."""
    made = serve().test_client().post(API, json=BODY, base_url="https://localhost")
    assert cookie_of(made)["secure"] is True
    proxied = serve(trusted_proxies=1).test_client()
    made = proxied.post(API, json=BODY, headers={"X-Forwarded-Proto": "https"})
    assert cookie_of(made)["secure"] is True
    unasked = serve().test_client().post(API, json=BODY, headers={"X-Forwarded-Proto": "https"})
    assert cookie_of(unasked)["secure"] == ""


@pytest.mark.parametrize("path", ["/", "/api", API, "/sign-in", "/readyz", "/api/v1/models"])
def test_reading_sets_no_cookie(visitor: FlaskClient, path: str) -> None:
    """The server stores nothing about visitors who only read."""
    assert "Set-Cookie" not in visitor.get(path).headers


def test_another_site_cannot_act_in_a_visitor_s_name(visitor: FlaskClient) -> None:
    """Forms and API calls that another site triggers get 403."""
    visitor.post(API, json=BODY)
    form = {"sentence": BODY["text"], "dropdown_value": "5"}
    assert_problem(visitor.post(API, json=BODY, headers=FOREIGN), 403)
    assert_problem(visitor.post("/update", data=form, headers=FOREIGN), 403)
    assert_problem(visitor.post("/corrections", data=BODY, headers=FOREIGN), 403)
    assert_problem(visitor.post("/sign-in", data={"secret": "x"}, headers=FOREIGN), 403)
    assert_problem(visitor.post("/sign-out", headers=FOREIGN), 403)


OPEN = ["/healthz", "/readyz", "/metrics", "/api", "/api/v1/openapi.json", "/sign-in"]


@pytest.mark.parametrize("path", [*OPEN, "/static/base.css", "/texts.js"])
def test_public_routes_need_no_key(locked: Flask, path: str) -> None:
    """Monitoring and the API description work without a key."""
    response = locked.test_client().get(path)
    response.close()
    assert response.status_code in {200, 503}  # /readyz, without Redis


CLOSED = [
    ("GET", API),
    ("POST", API),
    ("GET", "/api/v1/predictions/x"),
    ("POST", "/api/v1/predictions"),
    ("GET", "/api/v1/models"),
    ("POST", "/predict"),
    ("POST", "/update"),
    ("DELETE", f"{API}/x"),
]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_all_other_routes_need_a_key(locked: Flask, method: str, path: str) -> None:
    """Without a key the answer is 401, with a wrong one 403."""
    client = locked.test_client()
    missing = client.open(path, method=method)
    assert_problem(missing, 401)
    assert missing.headers["WWW-Authenticate"] == "Bearer"
    for wrong in ({"X-API-Key": KEYS[0][:-1]}, {"Authorization": f"Bearer {KEYS[0]}x"}):
        assert_problem(client.open(path, method=method, headers=wrong), 403)
    for right in ({"X-API-Key": KEYS[1]}, {"Authorization": f"Bearer {KEYS[0]}"}):
        status = client.open(path, method=method, headers=right).status_code
        assert status not in {401, 403}
    assert client.get("/nowhere").status_code == 404


def test_only_its_key_and_the_administrator_see_a_correction(locked: Flask, token: str) -> None:
    """Two customers of one server do not see each other's texts."""
    one, other = ({"X-API-Key": key} for key in KEYS)
    client = locked.test_client()
    made = client.post(API, json=BODY, headers=one)
    assert made.status_code == 202
    assert "Set-Cookie" not in made.headers
    where = made.headers["Location"]
    assert client.get(where, headers=one).status_code == 200
    assert client.get(where, headers={"Authorization": f"Bearer {KEYS[0]}"}).status_code == 200
    assert_problem(client.get(where, headers=other), 404)
    assert client.get(where, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_page_redirects_to_the_sign_in_form_and_back(locked: Flask) -> None:
    """A browser signs in once with a key, and then the pages work."""
    client = locked.test_client()
    for path in ("/", "/corrections/some-id?a=1"):
        redirected = client.get(path)
        assert redirected.status_code == 303
        page = client.get(redirected.headers["Location"]).text
        assert f'name="next" value="{path}"' in page
    refused = sign_in(client, "not a key", next="/")
    assert refused.status_code == 403
    assert re.search(r'role="alert">That key or token', refused.text)
    assert "Set-Cookie" not in refused.headers
    entered = sign_in(client, f" {KEYS[0]} ", next="/?a=1")
    assert (entered.status_code, entered.headers["Location"]) == (303, "/?a=1")
    assert KEYS[0] not in entered.headers["Set-Cookie"]
    assert client.get("/").status_code == 200
    made = client.post("/corrections", data=BODY)
    assert made.status_code == 303
    by_key = client.get(f"/api/v1{made.headers['Location']}", headers={"X-API-Key": KEYS[0]})
    assert by_key.status_code == 200, "the cookie and the header identify the same client"
    client.post("/sign-out")
    assert client.get("/").status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "\\evil",
        "",
    ],
)
def test_sign_in_never_leads_to_another_site(visitor: FlaskClient, token: str, wanted: str) -> None:
    """A link to our form cannot send people to another site."""
    assert sign_in(visitor, token, next=wanted).headers["Location"] == "/"


def test_a_browser_can_sign_in_as_the_administrator(
    visitor: FlaskClient, serve: Serve, token: str
) -> None:
    """It sees and decides everything, but not on behalf of another site."""
    stranger = serve().test_client()
    where = stranger.post(API, json=BODY).headers["Location"]
    assert_problem(visitor.delete(where), 401)
    entered = sign_in(visitor, token)
    assert token not in entered.headers["Set-Cookie"]
    assert visitor.get(where).status_code == 200
    assert_problem(visitor.delete(where, headers=FOREIGN), 403)
    assert_problem(visitor.delete(where, headers={"Sec-Fetch-Site": "same-site"}), 403)
    assert visitor.delete(where).get_json()["state"] == "removed"
    visitor.post("/sign-out")
    assert_problem(visitor.delete(where), 401)


def test_the_administrator_s_session_expires(
    visitor: FlaskClient, serve: Serve, token: str
) -> None:
    """It ends after twelve hours, and at once when the token changes."""
    sign_in(visitor, token)
    assert visitor.get(f"{API}/export").status_code == 200
    replaced = serve(admin_token="another token").test_client()  # noqa: S106
    cookie = visitor.get_cookie("emojify")
    assert cookie
    replaced.set_cookie("emojify", cookie.value)
    assert_problem(replaced.get(f"{API}/export"), 401)
    engine = visitor.application.extensions["emojify-storage"].engine
    with engine.begin() as connection:
        longest = connection.scalar(select(func.max(SignInRow.expires_at)))
        assert abs(longest - datetime.now(UTC) - SIGNED_IN_FOR) < timedelta(minutes=5)
        connection.execute(update(SignInRow).values(expires_at=datetime.now(UTC)))
    assert_problem(visitor.get(f"{API}/export"), 401)


def test_a_signed_out_cookie_is_worth_nothing(
    visitor: FlaskClient, serve: Serve, token: str
) -> None:
    """A copy of the cookie ends with the sign-in, in every web process."""
    sign_in(visitor, token)
    copy = visitor.get_cookie("emojify")
    assert copy
    thief = serve(json_logs=True).test_client()  # another process on the same database
    thief.set_cookie("emojify", copy.value)
    assert thief.get(f"{API}/export").status_code == 200
    visitor.post("/sign-out")
    assert_problem(thief.get(f"{API}/export"), 401)
    visitor.set_cookie("emojify", copy.value)
    assert_problem(visitor.get(f"{API}/export"), 401)


def test_a_key_holder_s_signed_out_cookie_is_worth_nothing(locked: Flask) -> None:
    """So is that of a sign-in that a newer one of the same browser replaced."""
    client, thief = locked.test_client(), locked.test_client()
    for end in (lambda: sign_in(client, KEYS[1]), lambda: client.post("/sign-out")):
        sign_in(client, KEYS[0])
        copy = client.get_cookie("emojify")
        assert copy
        thief.set_cookie("emojify", copy.value)
        assert thief.get(API).status_code == 200
        end()
        assert_problem(thief.get(API), 401)


def test_without_the_database_nobody_is_signed_in(
    visitor: FlaskClient, serve: Serve, token: str, tmp_path: Path
) -> None:
    """The answer is 503: who may come in cannot be known. Other visitors notice nothing."""
    sign_in(visitor, token)
    cookie = visitor.get_cookie("emojify")
    assert cookie
    broken = serve(database_url=f"sqlite:///{tmp_path}").test_client()
    assert_problem(broken.post("/sign-in", data={"secret": token}), 503)
    assert broken.get("/models/1/back").status_code == 503
    assert broken.get("/").status_code == 200
    broken.set_cookie("emojify", cookie.value)
    assert_problem(broken.get(f"{API}/export"), 503)
    assert_problem(broken.post("/sign-out"), 503)
    assert broken.get_cookie("emojify"), "the browser can sign out later"
