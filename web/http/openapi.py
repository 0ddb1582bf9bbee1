"""The OpenAPI description, generated from the routes and schemas, and the page that shows it."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, current_app, render_template
from spectree import Response, SpecTree

from emojify_core import __version__
from web.http.schemas import ProblemDetails

spec = SpecTree(
    "flask",
    title="Emojify",
    version=__version__,
    description="Text in, one of seven emotions and its emoji out. "
    "After 20 wrong keys or tokens within a minute, an address gets 429 until the minute is over.",
    mode="strict",
    annotations=False,
    validation_error_model=ProblemDetails,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
)

blueprint = Blueprint("openapi", __name__)

_MEDIA_TYPES: dict[str, Sequence[str]] = {}  # of schemas that are not JSON, by their names

View = TypeVar("View", bound=Callable[..., Any])


def describe(
    *tags: str,
    json: Any = None,
    form: Any = None,
    query: Any = None,
    headers: Any = None,
    body: dict[str, Any] | None = None,
    **responses: Any,
) -> Callable[[View], View]:
    """Decorate a route with its description. The route itself reads and validates the request.

    `responses` are `HTTP_202=Model` and `**problems(404, 503)`. `body` describes a body that is
    neither JSON nor a form.
    """
    for model in responses.values():
        if media_types := getattr(model, "media_types", None):
            _MEDIA_TYPES[model.__name__] = media_types
    decorate = spec.validate(
        json=json,
        form=form,
        query=query,
        headers=headers,
        resp=Response(**responses),
        tags=tags,
        skip_validation=True,
        # The generator adds this status to every route. A status that is there changes nothing.
        validation_error_status=int(next(iter(responses)).removeprefix("HTTP_")),
    )

    def described(view: View) -> View:
        # Without the generator's wrapper, which would inspect every answer at run time.
        @wraps(view)
        def direct(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        direct.__wrapped__ = decorate(view)  # the generator finds the description here
        direct.request_body = body  # type: ignore[attr-defined]
        return cast("View", direct)

    return described


def problems(*statuses: int) -> dict[str, Any]:
    """Return the responses, for `describe`, of errors with these statuses."""
    return {f"HTTP_{status}": ProblemDetails for status in statuses}


@blueprint.get("/api/v1/openapi.json")
def openapi_json() -> dict[str, Any]:
    """Return the description."""
    return _description()


@blueprint.get("/api")
def reference() -> str:
    """Show the description as a page."""
    return render_template("reference.html", spec=_description())


def _description() -> dict[str, Any]:
    cached: dict[str, Any] | None = current_app.extensions.get("emojify-openapi")
    if cached is None:
        cached = current_app.extensions["emojify-openapi"] = _with_media_types(spec.spec)
    return cached


def _with_media_types(description: dict[str, Any]) -> dict[str, Any]:
    """Set the media types of answers and bodies; the generator knows only `application/json`."""
    for operations in description["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                content = response.get("content", {})
                reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
                if media_types := _MEDIA_TYPES.get(reference.rpartition("/")[2]):
                    shape = content.pop("application/json")
                    content.update(dict.fromkeys(media_types, shape))
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        if body := getattr(view, "request_body", None):
            description["paths"][rule.rule]["post"]["requestBody"] = body
    return description
