"""`/api/v1/clients`: the administrator forgets a client."""

from flask import Blueprint

from web.auth.identity import Identity
from web.clients.schemas import ForgottenClient
from web.clients.service import ForgetService
from web.corrections.schemas import UndoQuery
from web.http.openapi import describe, problems
from web.http.request_parsing import read_query
from web.http.responses import NO_STORE, JsonAnswer


def clients_blueprint(clients: ForgetService, identity: Identity) -> Blueprint:
    """Return the route."""
    blueprint = Blueprint("clients", __name__, url_prefix="/api/v1/clients")

    @blueprint.delete("/<client>")
    @describe(
        "administration",
        query=UndoQuery,
        HTTP_200=ForgottenClient,
        **problems(401, 403, 422, 503),
    )
    @identity.administrator_only
    def forget(client: str) -> JsonAnswer:
        """Forget a client: erase its corrections, files, results, sign-ins and idempotency keys.

        The export, and each correction and batch that the administrator reads, name their
        `client`. The texts are gone when the answer comes; the model is then rebuilt at once. Ask
        again after a failure: a repetition finds what is left.
        """
        forgotten = clients.forget(client, read_query(UndoQuery).why)
        return {"client": client, **forgotten._asdict()}, 200, NO_STORE

    return blueprint
