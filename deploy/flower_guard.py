"""Flower with what it lacks: a check of the host, a limit on wrong passwords, private metrics."""

from typing import Any

from flower.app import Flower
from flower.views.monitor import Metrics
from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

from emojify_core.errors import TooManyFailuresError
from emojify_core.failure_limit import FailureLimit
from emojify_core.networks import network_of
from emojify_core.settings import Settings
from emojify_core.trusted_hosts import TrustedHosts


class GuardedFlower(Flower):  # type: ignore[misc]  # Flower has no type hints
    """Looks at every request before Flower's own pages do."""

    def __init__(self, settings: Settings, **options: Any) -> None:
        super().__init__(**options)
        self._hosts = TrustedHosts.from_settings(settings)
        self._failures = FailureLimit(enabled=bool(settings.rate_limits))

    def find_handler(self, request: HTTPServerRequest, **options: Any) -> Any:
        """Return the page for a request, or a refusal."""
        if not self._hosts.trusts(request.headers.get("Host")):
            refusal = {"status": 421, "sentence": "Flower does not answer to this name."}
            return self.get_handler_delegate(request, Refusal, refusal)
        if "Authorization" in request.headers:
            try:
                self._failures.check(network_of(request.remote_ip or ""))
            except TooManyFailuresError as e:
                refusal = {"status": 429, "sentence": str(e), "retry_after": e.retry_after}
                return self.get_handler_delegate(request, Refusal, refusal)
        if request.path == "/metrics":
            return self.get_handler_delegate(request, PrivateMetrics)
        return super().find_handler(request, **options)

    def log_request(self, handler: RequestHandler) -> None:
        """Count a wrong password; Tornado calls this after each answer."""
        super().log_request(handler)
        request = handler.request
        if handler.get_status() == 401 and "Authorization" in request.headers:  # noqa: PLR2004
            self._failures.record(network_of(request.remote_ip or ""))


class PrivateMetrics(Metrics):  # type: ignore[misc]
    """Flower's metrics, for holders of its password, if it has one."""

    def prepare(self) -> None:
        """Raise Tornado's HTTPError 401 without the password."""
        self.get_current_user()


class Refusal(RequestHandler):
    """One sentence instead of a page."""

    def initialize(self, status: int, sentence: str, retry_after: float | None = None) -> None:
        """Keep what to answer."""
        self._status, self._sentence, self._retry_after = status, sentence, retry_after

    def prepare(self) -> None:
        """Answer, whatever the method is."""
        self.set_status(self._status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        if self._retry_after:
            self.set_header("Retry-After", f"{self._retry_after:.0f}")
        self.finish(self._sentence)
