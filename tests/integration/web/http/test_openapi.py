"""The OpenAPI description is complete and correct."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web.http.schemas import ProblemDetails
from web.predictions.schemas import EXPLAINED_LIST

UNDESCRIBED = {  # pages, and formats of their own
    *("/", "/api", "/api/v1/openapi.json", "/metrics", "/sign-in", "/sign-out"),
    *("/predictions/<prediction_id>", "/corrections", "/corrections/<correction_id>"),
    "/corrections/<correction_id>/delete",
    "/corrections/<correction_id>/<any(accept, reject, undo):decision>",
    *("/corrections/review", "/corrections/review/decided"),
    *("/batches", "/batches/<batch_id>", "/batches/<batch_id>/end"),
    *("/models", "/models/<int:version>/back", "/status", "/texts.js"),
}
DECIDING = {"400", "401", "403", "404", "409", "413", "415", "422", "503"}
ERRORS = {
    ("post", "/api/v1/predictions"): {"400", "413", "415", "422", "429", "503"},
    ("get", "/api/v1/predictions/{prediction_id}"): {"404", "503"},
    ("post", "/api/v1/corrections"): {"400", "403", "413", "415", "422", "429", "503"},
    ("get", "/api/v1/corrections"): {"403", "422", "503"},
    ("get", "/api/v1/corrections/{correction_id}"): {"403", "404", "503"},
    ("delete", "/api/v1/corrections/{correction_id}"): {"401", "403", "404", "422", "503"},
    ("post", "/api/v1/corrections/{correction_id}/accept"): DECIDING,
    ("post", "/api/v1/corrections/{correction_id}/reject"): DECIDING,
    ("get", "/api/v1/corrections/review"): {"401", "403", "422", "503"},
    ("post", "/api/v1/corrections/review"): DECIDING - {"404", "409"},
    ("get", "/api/v1/corrections/export"): {"401", "403", "422", "503"},
    ("post", "/api/v1/batches"): {"400", "403", "413", "422", "429", "503", "507"},
    ("get", "/api/v1/batches"): {"403", "422", "503"},
    ("get", "/api/v1/batches/{batch_id}"): {"403", "404", "503"},
    ("delete", "/api/v1/batches/{batch_id}"): {"403", "404", "503"},
    ("get", "/api/v1/batches/{batch_id}/results"): {"403", "404", "409", "410", "422", "503"},
    ("get", "/api/v1/batches/{batch_id}/summary"): {"403", "404", "409", "410", "503"},
    ("delete", "/api/v1/clients/{client}"): {"401", "403", "422", "503"},
    ("get", "/api/v1/models"): {"403", "503"},
    ("get", "/api/v1/models/{version}"): {"403", "404", "503"},
    ("post", "/api/v1/models/{version}/activate"): DECIDING,
    ("post", "/api/v1/models/rebuild"): {"401", "403", "503"},
    ("post", "/predict"): {"403", "413", "422", "429", "503"},
    ("post", "/update"): {"403", "413", "422", "429", "503"},
    ("get", "/healthz"): set(),
    ("get", "/readyz"): {"503"},
}


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    """Return the description as it is served."""
    response = client.get("/api/v1/openapi.json")
    assert response.mimetype == "application/json"
    body: dict[str, Any] = response.get_json()
    return body


def operations(description: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the operations by method and path."""
    return {
        (method, path): operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }


def test_every_api_route_is_described(app: Flask, description: dict[str, Any]) -> None:
    """A reader of the description finds every call."""
    routes = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule not in UNDESCRIBED and rule.endpoint != "static"
    }
    assert operations(description).keys() == routes == ERRORS.keys()


def test_every_error_is_described_with_its_media_type(description: dict[str, Any]) -> None:
    """A client knows which errors to expect."""
    for key, operation in operations(description).items():
        errors = {s: r for s, r in operation["responses"].items() if int(s) >= 400}
        assert errors.keys() == ERRORS[key], key
        for status, response in errors.items():
            if key[1] == "/readyz":
                continue
            assert response["content"].keys() == {"application/problem+json"}, (key, status)


def test_every_operation_has_a_summary_and_a_success(description: dict[str, Any]) -> None:
    """The reference says what each operation does."""
    assert re.fullmatch(r"3\.[01]\.\d+", description["openapi"])
    for key, operation in operations(description).items():
        assert operation["summary"].endswith("."), key
        assert operation["responses"].keys() & {"200", "202"}, key


def test_every_schema_reference_resolves(description: dict[str, Any]) -> None:
    """Client generators can read the description."""
    names = set(re.findall(r"'#/components/schemas/([^']+)'", str(description)))
    assert ProblemDetails.__name__ in names
    assert names <= description["components"]["schemas"].keys()


def test_the_prediction_request_is_described_with_its_limits(description: dict[str, Any]) -> None:
    """A client can check the limits before it sends."""
    request = description["components"]["schemas"]["PredictionRequest"]
    assert request["properties"]["text"]["maxLength"] == 5000
    assert request["properties"]["texts"]["maxItems"] == 256
    assert request["additionalProperties"] is False
    assert request["oneOf"] == [{"required": ["text"]}, {"required": ["texts"]}]
    assert request["not"] == EXPLAINED_LIST
    operation = operations(description)["post", "/api/v1/predictions"]
    assert {p["name"] for p in operation["parameters"]} == {"Prefer"}


def test_the_reference_page_names_every_operation(
    client: FlaskClient, description: dict[str, Any]
) -> None:
    """The page lists every operation and schema."""
    page = client.get("/api").text
    for method, path in operations(description):
        assert f"{method.upper()}</span> <code>{path}</code>" in page
    for name in description["components"]["schemas"]:
        assert f'id="{name}"' in page


def test_the_description_does_not_change_between_calls(client: FlaskClient) -> None:
    """Programs may cache the description."""
    first, second = (client.get("/api/v1/openapi.json").data for _ in range(2))
    assert first == second
