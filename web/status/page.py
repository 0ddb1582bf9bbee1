"""The Status view: queues, rates, latency, workers, and where to look further."""

from flask import Blueprint, request

from web.http.responses import Page, page
from web.status.latency_window import LatencyWindow
from web.status.page_view import figure, status_view
from web.status.readiness import StatusSources
from web.text_catalog import TextCatalog


def status_page_blueprint(
    sources: StatusSources, latency: LatencyWindow, flower_port: int, say: TextCatalog
) -> Blueprint:
    """Return the page. It works when Redis, the database and the workers are away."""
    blueprint = Blueprint("status_page", __name__)
    blueprint.add_app_template_filter(figure)

    @blueprint.get("/status")
    def index() -> Page:
        return page(
            "status.html",
            flower=_flower_url(flower_port),
            flower_port=flower_port,
            **status_view(sources, latency.summary(), say),
        )

    return blueprint


def _flower_url(port: int) -> str | None:
    """Return Flower's URL on the same host; None behind a proxy, which passes on the page alone."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    direct = request.scheme == "http" and not request.headers.get("X-Forwarded-For")
    return f"http://{host}:{port}" if direct else None
