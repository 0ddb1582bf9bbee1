"""Strangers share what their address may use; holders of a key count for themselves."""

from collections.abc import Callable

from flask import Flask

API = "/api/v1/corrections"
BODY = {"text": "They all saw me fall.", "label": "shame"}
KEY = "a key of sixteen or more letters"


def network(app: Flask, address: str, **headers: str) -> str | None:
    """Correct a text from this address as a new client; return the stored network."""
    response = app.test_client().post(
        API, json=BODY, headers=headers, environ_base={"REMOTE_ADDR": address}
    )
    assert response.status_code == 202, response.text
    stored = app.extensions["emojify-storage"].corrections.get(response.get_json()["id"])
    found: str | None = stored.network
    return found


def test_new_cookies_of_one_address_share_a_network(app: Flask) -> None:
    """A client that drops its cookie gets a new name, but not a new share."""
    first = network(app, "2001:db8:1:2::1")
    assert first == network(app, "2001:db8:1:2::ffff")
    assert first != network(app, "2001:db8:1:3::1")
    assert first is not None
    assert "2001" not in first, "the address itself is not stored"


def test_people_on_this_machine_count_for_themselves(app: Flask) -> None:
    """A local installation has no strangers."""
    assert network(app, "127.0.0.1") is None


def test_holders_of_a_key_count_for_themselves(serve: Callable[..., Flask]) -> None:
    """An office behind one address may have many keys."""
    assert network(serve(api_keys=(KEY,)), "203.0.113.7", **{"X-API-Key": KEY}) is None
