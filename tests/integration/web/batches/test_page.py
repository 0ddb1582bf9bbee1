"""The batch pages in a browser without JavaScript, and the limit on file transfers."""

import io
import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from emojify_core.messages import State
from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem
from support.batch_files import as_csv
from support.deadlines import eventually
from web.http.limits import TRANSFER_SLOTS

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FILE = as_csv([["id", "text"], ["1", "happy <words>"]])

Serve = Callable[..., Flask]


def form(content: str = FILE, **fields: str) -> dict[str, object]:
    """Return the form as a browser sends it."""
    return {"column": "", **fields, "file": (io.BytesIO(content.encode()), "<a>.csv")}


def sent(client: FlaskClient) -> str:
    """Submit the form; return the path of the batch's page."""
    response = client.post("/batches", data=form(), headers=BROWSER)
    assert response.status_code == 303, response.text
    return response.headers["Location"]


def test_a_batch_page_refreshes_until_the_batch_has_ended(
    visitor: FlaskClient, storage: Storage
) -> None:
    """It shows the state, the reason for an end and the possible actions."""
    where = sent(visitor)
    page = visitor.get(where)
    assert page.headers["Cache-Control"] == "no-store"
    assert "<h1>&lt;a&gt;.csv</h1>" in page.text
    assert "Waiting for its turn" in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert ">Cancel</button>" in page.text
    batch_id = where.rpartition("/")[2]
    storage.batches.end(batch_id, State.FAILED, code="x", reason="Row 3 has <no> end.")
    page = visitor.get(where)
    assert "Row 3 has &lt;no&gt; end." in page.text
    assert "http-equiv" not in page.text
    assert 'id="end"' not in page.text
    assert "data-settled" in page.text
    assert re.search(rf'href="{where}">&lt;a&gt;.csv</a>', visitor.get("/batches").text)


def test_only_its_client_can_cancel_a_batch(visitor: FlaskClient) -> None:
    """Neither another client nor another site's page can end it."""
    where = sent(visitor)
    stranger = visitor.application.test_client()
    assert_problem(stranger.post(f"{where}/end"), 404)
    assert_problem(visitor.post(f"{where}/end", headers={"Sec-Fetch-Site": "cross-site"}), 403)
    assert visitor.post(f"{where}/end").headers["Location"] == where
    assert "Cancelled. We kept nothing" in visitor.get(where).text


def test_an_invalid_form_is_shown_again_with_a_reason(visitor: FlaskClient) -> None:
    """The reason stands above the button; nothing is stored."""
    for data in (form(""), form(column="other"), {"column": ""}):
        page = visitor.post(
            "/batches", data=data, headers=BROWSER, content_type="multipart/form-data"
        )
        assert (page.status_code, page.mimetype) == (422, "text/html")
        assert re.search(r'id="problem" class="problem" role="alert" >\S', page.text)
        assert '<form id="upload"' in page.text
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert_problem(visitor.post("/batches", data=form(), headers=foreign), 403)
    assert "No file yet" in visitor.get("/batches").text


def test_with_api_keys_the_page_redirects_to_sign_in(serve: Serve) -> None:
    """No file is accepted from an unknown client."""
    client = serve(api_keys=("a-long-enough-key",)).test_client()
    for answer in (client.get("/batches"), client.post("/batches", data=form())):
        assert (answer.status_code, answer.headers["Location"][:8]) == (303, "/sign-in")
    assert_problem(client.post("/api/v1/batches", data=FILE), 401)
    key = {"X-API-Key": "a-long-enough-key"}
    assert client.post("/api/v1/batches", data=FILE, headers=key).status_code == 202


def test_file_transfers_are_limited(client: FlaskClient) -> None:
    """Each holds a thread; further ones get 503, and other requests are still served."""
    made = client.post("/api/v1/batches", data=FILE).get_json()
    results = f"{made['links']['self']}/results"
    eventually(lambda: client.get(results).status_code == 200, within=20)
    held = [client.get(results) for _ in range(TRANSFER_SLOTS)]
    assert [each.status_code for each in held] == [200] * TRANSFER_SLOTS
    for refused in (client.get(results), client.post("/api/v1/batches", data=FILE)):
        assert_problem(refused, 503)
        assert refused.headers["Retry-After"]
    assert client.get("/healthz").status_code == 200
    for each in held:
        each.close()
    assert client.get(results).text.count("happy <words>") == 1
