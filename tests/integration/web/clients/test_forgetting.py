"""Forgetting a client erases all that it made, and nothing of others."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import text

from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem

CORRECTIONS, BATCHES = "/api/v1/corrections", "/api/v1/batches"
FILE = b"secret column,n\nMy aunt told me a secret,1\nAnother one,2\n"

Headers = dict[str, str]


def make(client: FlaskClient, words: str) -> tuple[str, str]:
    """Send a correction and a file; return their paths."""
    made = client.post(
        CORRECTIONS,
        json={"text": words, "label": "shame"},
        headers={"Idempotency-Key": f"the key of {words}"},
    )
    file = client.post(f"{BATCHES}?name=private.csv&column=1", data=FILE, content_type="text/csv")
    assert (made.status_code, file.status_code) == (202, 202), file.text
    return made.headers["Location"], file.get_json()["links"]["self"]


def in_database(storage: Storage, words: str) -> bool:
    """Tell whether a table holds these words."""
    rows: list[object] = []
    with storage.engine.connect() as connection:
        for table in ("corrections", "batches", "batch_chunks", "sign_ins"):
            rows += connection.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608
    return any(words in str(row) for row in rows)


def test_all_of_a_client_goes_and_nothing_of_others(
    visitor: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """The administrator finds the client's name at one of its things; the answer counts."""
    other = visitor.application.test_client()
    correction, batch = make(visitor, "Mine to be forgotten.")
    kept, kept_batch = make(other, "Somebody else's.")
    client = visitor.get(correction, headers=administrator).get_json()["client"]
    assert visitor.get(batch, headers=administrator).get_json()["client"] == client
    assert "client" not in visitor.get(correction).get_json()
    token = storage.sign_ins.begin(client, timedelta(days=1))
    answer = visitor.delete(f"/api/v1/clients/{client}?why=a+letter", headers=administrator)
    assert answer.get_json() == {
        "client": client,
        "corrections": 1,
        "batches": 1,
        "sign_ins": 1,
        "rebuild": False,
    }
    assert storage.sign_ins.owner(token) is None
    for words in (client, "Mine to be forgotten", "the key of Mine"):
        assert not in_database(storage, words)
    assert not list(storage.files.list(f"batches/{batch.rpartition('/')[2]}"))
    assert_problem(visitor.get(correction), 404)
    assert_problem(visitor.get(batch), 404)
    assert other.get(kept).get_json()["text"] == "Somebody else's."
    assert other.get(kept_batch).get_json()["name"] == "private.csv"
    listed = visitor.get(BATCHES, headers=administrator).get_json()["batches"]
    assert [each["name"] for each in listed if each["client"] == "forgotten"] == [""]
    again = visitor.delete(f"/api/v1/clients/{client}", headers=administrator).get_json()
    assert [again[name] for name in ("corrections", "batches", "sign_ins")] == [0, 0, 0]


def test_unknown_names_and_the_name_of_the_forgotten_find_nothing(
    visitor: FlaskClient, administrator: Headers
) -> None:
    """A repetition is safe, and so is a typing error."""
    for name in ("cookie:nobody", "forgotten", "a%00b"):
        answer = visitor.delete(f"/api/v1/clients/{name}", headers=administrator)
        assert (answer.status_code, answer.get_json()["corrections"]) == (200, 0)


def test_a_client_cannot_forget(visitor: FlaskClient) -> None:
    """Not even itself: its name is the administrator's to know."""
    make(visitor, "Stays for now.")
    assert_problem(visitor.delete("/api/v1/clients/cookie:x"), 401)
