"""Scripts and styles are compressed, for browsers that take it and for nobody else."""

import gzip

import pytest
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def fetched(client: FlaskClient, path: str, **headers: str) -> Response:
    """Return an answer that is read and closed."""
    with client.get(path, headers=headers) as response:
        response.get_data()
        return response


@pytest.mark.parametrize("path", ["/static/views.css", "/static/answer.js", "/texts.js"])
def test_a_script_or_style_is_compressed(client: FlaskClient, path: str) -> None:
    """It is the same text; caches tell the two apart, and a known one is not sent again."""
    plain, packed = fetched(client, path), fetched(client, path, **GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < 0.7 * len(plain.data)
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    again = fetched(client, path, **GZIP, **{"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/static/icon.svg", "/openapi.json", "/static/nothing.css"])
def test_nothing_else_is_compressed(client: FlaskClient, path: str) -> None:
    """A page may hold a person's text beside a key: its length must not tell one by the other."""
    assert "Content-Encoding" not in fetched(client, path, **GZIP).headers
