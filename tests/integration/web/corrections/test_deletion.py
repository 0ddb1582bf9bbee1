"""Deleting one's own correction, by the API and on the page; nobody deletes another's."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.correction_states import CorrectionState
from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem

API = "/api/v1/corrections"
KEYS = {"anna": "a" * 40, "berta": "b" * 40}

Headers = dict[str, str]
Serve = Callable[..., Flask]
S = CorrectionState


def correct(client: FlaskClient, text: str, **options: Any) -> str:
    """Submit a correction; return its path in the API."""
    response = client.post(API, json={"text": text, "label": "shame"}, **options)
    assert response.status_code == 202, response.text
    return response.headers["Location"]


def stored(storage: Storage, where: str) -> Any:
    """Return the correction as the database has it."""
    return storage.corrections.get(where.rpartition("/")[2])


def test_an_owner_deletes_a_correction(visitor: FlaskClient, storage: Storage) -> None:
    """The text is gone at once; a repetition finds it deleted."""
    where = correct(visitor, "I should not have sent this.")
    for _ in range(2):
        answer = visitor.delete(where)
        assert answer.status_code == 202
        assert answer.headers["Cache-Control"] == "no-store"
        body = answer.get_json()
        assert (body["state"], body["text"]) == ("removed", "")
        assert body["decided"] == {"by": "owner", "why": ""}
    row = stored(storage, where)
    assert (row.text, row.normalised) == ("", "")
    assert "should not have sent" not in visitor.get(API).text


def test_an_owner_with_a_key_deletes_a_correction(serve: Serve, storage: Storage) -> None:
    """A key owns what it sent; another key does not."""
    client = serve(api_keys=tuple(KEYS.values())).test_client()
    anna, berta = ({"Authorization": f"Bearer {key}"} for key in KEYS.values())
    where = correct(client, "Sent with a key.", headers=anna)
    assert_problem(client.delete(where), 401)
    missing = client.delete(f"{API}/{'0' * 32}", headers=berta)
    other = client.delete(where, headers=berta)
    assert_problem(other, 404)
    assert other.get_json() | {"instance": ""} == missing.get_json() | {"instance": ""}
    assert stored(storage, where).text == "Sent with a key."
    assert client.delete(where, headers=anna).status_code == 202
    assert stored(storage, where).text == ""


def test_nobody_deletes_another_s_correction(
    visitor: FlaskClient, serve: Serve, storage: Storage
) -> None:
    """A stranger's answer does not tell whether there is one, by the API and on the page."""
    where = correct(visitor, "Mine alone.")
    stranger = serve().test_client()
    assert_problem(stranger.delete(where), 401)
    correct(stranger, "A stranger's own.")
    page = where.removeprefix("/api/v1")
    for known, unknown in (
        (where, f"{API}/{'0' * 32}"),
        (f"{page}/delete", "/corrections/0/delete"),
    ):
        method = "POST" if known.endswith("delete") else "DELETE"
        answers = [stranger.open(path, method=method) for path in (known, unknown)]
        assert {answer.status_code for answer in answers} == {404}
        first, second = (answer.get_json() | {"instance": ""} for answer in answers)
        assert first == second
    assert stored(storage, where).text == "Mine alone."


@pytest.mark.parametrize(
    "foreign", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://x.example"}]
)
def test_another_site_deletes_nothing(
    visitor: FlaskClient, storage: Storage, foreign: Headers
) -> None:
    """A link or a form elsewhere cannot use a visitor's cookie."""
    where = correct(visitor, "Kept against other sites.")
    assert_problem(visitor.delete(where, headers=foreign), 403)
    page = f"{where.removeprefix('/api/v1')}/delete"
    assert_problem(visitor.post(page, headers=foreign), 403)
    assert visitor.get(page).status_code in {404, 405}
    assert stored(storage, where).text == "Kept against other sites."


def test_a_proof_deletes_nothing(visitor: FlaskClient, serve: Serve, storage: Storage) -> None:
    """A resend with the right key reads that correction and nothing else."""
    key = {"Idempotency-Key": "known to two of them"}
    correct(visitor, "Sent twice.", headers=key)
    other = serve().test_client()
    where = correct(other, "Sent twice.", headers=key)
    assert "proof=" in where
    correct(other, "The other's own.")
    assert other.get(where).get_json()["text"] == "Sent twice."
    assert_problem(other.delete(where), 404)
    assert "Delete this correction" not in other.get(where.removeprefix("/api/v1")).text
    assert stored(storage, where.partition("?")[0]).text == "Sent twice."


def test_the_page_deletes_after_a_confirmation(
    visitor: FlaskClient, serve: Serve, storage: Storage, apart: Settings
) -> None:
    """The owner gets the button, without JavaScript; the administrator has the undo."""
    where = correct(visitor, "On the page.").removeprefix("/api/v1")
    page = visitor.get(where).text
    assert re.search(r"<details[^>]*>\s*<summary>Delete this correction</summary>", page)
    assert re.findall(r'action="([^"]+)"', page) == [f"{where}/delete"]
    administrator = serve().test_client()
    administrator.post("/sign-in", data={"secret": apart.secret("admin_token", "")})
    assert "Delete this correction" not in administrator.get(where).text
    answer = visitor.post(f"{where}/delete")
    assert (answer.status_code, answer.headers["Location"]) == (303, where)
    after = visitor.get(where).text
    assert "You deleted this correction" in after
    assert "On the page." not in after
    assert "Delete this correction" not in after
    assert stored(storage, where).state is S.REMOVED


def test_an_owner_s_rebuild_waits_and_the_administrator_s_does_not(
    visitor: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """The administrator's undo is urgent, even of what its owner has deleted."""
    where = correct(visitor, "Waits for the others.")
    visitor.delete(f"{where}?why=private")
    waits = "SELECT rebuild_may_wait, decided_why FROM corrections WHERE id = ?"
    for headers, expected in ((None, (1, "")), (administrator, (0, ""))):
        if headers:
            visitor.delete(where, headers=headers)
        with storage.engine.connect() as connection:
            row = connection.exec_driver_sql(waits, (where.rpartition("/")[2],)).one()
        assert tuple(row) == expected
