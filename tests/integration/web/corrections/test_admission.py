"""Who may teach without review: strangers of a public installation may not, by default."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage

API = "/api/v1/corrections"
BODY = {"text": "They all saw me fall.", "label": "shame"}
KEY = "a key of sixteen or more letters"
PROXY, STRANGER = "127.0.0.1", "203.0.113.7"
PUBLIC = {"published_on": "0.0.0.0", "open": True}  # noqa: S104 - nothing listens here
PROXIED = {"trusted_proxies": 1}

Serve = Callable[..., Flask]


def state_of(
    client: FlaskClient, address: str = PROXY, headers: dict[str, str] | None = None
) -> str:
    """Correct a text from this address; return the correction's first state."""
    peer = {"REMOTE_ADDR": address}
    response = client.post(API, json=BODY, headers=headers or {}, environ_base=peer)
    assert response.status_code == 202, response.text
    return str(response.get_json()["state"])


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "queued"),  # on this machine alone: containers see strangers where there are none
        (PUBLIC, "review"),
        ({**PUBLIC, "corrections": "review"}, "review"),
        ({**PUBLIC, "corrections": "auto"}, "received"),
        ({"sites": ("emojify.example.org",)}, "review"),
        ({"corrections": "auto"}, "queued"),
        ({"corrections": "review"}, "review"),
    ],
)
def test_strangers_wait_on_a_public_installation(
    serve: Serve, changes: dict[str, Any], state: str
) -> None:
    """An explicit setting wins; without one, an administrator accepts each of them."""
    assert state_of(serve(**changes).test_client(), STRANGER) == state


@pytest.mark.parametrize("corrections", [None, "auto"])
def test_people_on_this_machine_teach_at_once(serve: Serve, corrections: str | None) -> None:
    """Also where others may connect."""
    for public in (PUBLIC, PROXIED):
        client = serve(**public, corrections=corrections).test_client()
        assert state_of(client) == "queued"


@pytest.mark.parametrize("corrections", [None, "auto"])
def test_holders_of_a_key_teach_at_once(serve: Serve, corrections: str | None) -> None:
    """A key is trust that can be taken back."""
    app = serve(published_on="0.0.0.0", api_keys=(KEY,), corrections=corrections)  # noqa: S104
    assert state_of(app.test_client(), STRANGER, {"X-API-Key": KEY}) == "queued"


@pytest.mark.parametrize("corrections", [None, "auto"])
def test_the_administrator_teaches_at_once(
    serve: Serve, apart: Settings, administrator: dict[str, str], corrections: str | None
) -> None:
    """With the token, and in a browser that signed in."""
    app = serve(**PUBLIC, corrections=corrections)
    assert state_of(app.test_client(), STRANGER, administrator) == "queued"
    browser = app.test_client()
    secret = apart.secret("admin_token", apart.admin_token)
    browser.post("/sign-in", data={"secret": secret})
    own = {"Sec-Fetch-Site": "same-origin"}
    assert state_of(browser, STRANGER, own) == "queued"


def test_explicit_review_is_for_everybody(serve: Serve, administrator: dict[str, str]) -> None:
    """As before: the setting says that an administrator looks at each correction."""
    app = serve(**PUBLIC, corrections="review")
    assert state_of(app.test_client()) == "review"
    assert state_of(app.test_client(), STRANGER, administrator) == "review"


@pytest.mark.parametrize(
    ("changes", "peer", "headers"),
    [
        # The proxy names a stranger.
        (PROXIED, PROXY, {"X-Forwarded-For": STRANGER}),
        # A stranger reaches the port itself and names this machine.
        ({**PUBLIC, **PROXIED}, STRANGER, {"X-Forwarded-For": "127.0.0.1"}),
        # No proxy is trusted, but one forwards.
        (PUBLIC, PROXY, {"X-Forwarded-For": STRANGER}),
        (PUBLIC, PROXY, {"Via": "1.1 some-proxy"}),
        # The page has a public name, and only a proxy on this machine can serve it.
        ({"sites": ("emojify.example.org",)}, PROXY, {}),
    ],
)
def test_a_proxy_on_this_machine_makes_nobody_local(
    serve: Serve, changes: dict[str, Any], peer: str, headers: dict[str, str]
) -> None:
    """Its clients come from the loopback address, too."""
    assert state_of(serve(**changes).test_client(), peer, headers) == "review"


def test_the_page_tells_strangers_alone_of_the_review(
    serve: Serve, administrator: dict[str, str]
) -> None:
    """Each visitor reads what happens to their own corrections."""
    client = serve(**PUBLIC).test_client()
    said = "A person checks it first"
    assert said in client.get("/", environ_base={"REMOTE_ADDR": STRANGER}).text
    assert said not in client.get("/").text
    known = client.get("/", environ_base={"REMOTE_ADDR": STRANGER}, headers=administrator)
    assert said not in known.text


def test_the_articles_route_says_who_decides(serve: Serve) -> None:
    """Its clients read one sentence."""
    given = {"sentence": "I love you", "dropdown_value": "disgust"}
    for corrections, said in {
        None: "administrator",
        "auto": "others",
        "review": "administrator",
    }.items():
        client = serve(**PUBLIC, corrections=corrections).test_client()
        answer = client.post("/update", data=given, environ_base={"REMOTE_ADDR": STRANGER})
        assert said in answer.get_json()["update_text"]


def test_a_resend_waits_no_second_time(serve: Serve, storage: Storage) -> None:
    """The answer to a lost one shows the same correction."""
    client = serve(**PUBLIC).test_client()
    headers = {"Idempotency-Key": "a key that nobody else knows"}
    peer = {"REMOTE_ADDR": STRANGER}
    first, second = (
        client.post(API, json=BODY, headers=headers, environ_base=peer).get_json() for _ in range(2)
    )
    assert first["id"] == second["id"]
    assert storage.corrections.get(first["id"]).state == "review"
