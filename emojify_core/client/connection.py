"""HTTP requests to one server: authentication, timeouts, retries and errors."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlsplit

import httpx

from emojify_core.errors import (
    DataError,
    ServerRefusedError,
    ServerUnavailableError,
    SettingsError,
)

TIMEOUT = 20.0  # seconds of silence; above the longest `Prefer: wait`
RETRY_AFTER = (0.5, 1, 2, 4, 8)  # seconds before each retry
_LONGEST_PAUSE = 30.0  # seconds; a longer Retry-After is cut to this
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_BUSY = 503


class Connection:
    """One server. `key` is an API key or the administrator's token. Safe to share between threads.

    Without a key the server recognizes this client by a cookie; `cookies` may keep it for later.
    Tests replace `sleep`.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        cookies: CookieJar | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SettingsError(
                f"{url!r} is not the address of a server. Write it as http://127.0.0.1:5000, or "
                "set EMOJIFY_URL."
            )
        if key and not (key.isascii() and key.isprintable()):
            raise SettingsError("The API key contains invalid characters. Copy it again.")
        self.url, self.sleep = url.rstrip("/"), sleep
        self._http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            cookies=cookies,
            timeout=httpx.Timeout(TIMEOUT, connect=5),
            # A proxy from the environment serves other machines only.
            trust_env=parts.hostname not in _LOOPBACK,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def request(self, method: str, path: str, *, retry: bool | None = None, **options: Any) -> Any:
        """Send a request; return the JSON of the response, or its text if it is not JSON.

        `retry` repeats the request while the server is busy or does not answer; by default only a
        GET is repeated. Raises ServerUnavailableError, ServerRefusedError, or DataError for text
        that is not UTF-8.
        """
        retry = method == "GET" if retry is None else retry
        for pause in (*(RETRY_AFTER if retry else ()), None):
            try:
                with _as_client_errors(self.url):
                    response = self._http.request(method, path, **options)
                self._check(response)
            except ServerUnavailableError as e:
                if pause is None:
                    raise
                self.sleep(min(e.retry_after or pause, _LONGEST_PAUSE))
            else:
                return response.json() if "json" in _media_type(response) else response.text
        raise AssertionError("the last attempt returns or raises")

    def is_ready(self) -> bool:
        """Tell whether the server can answer predictions."""
        with _as_client_errors(self.url):
            return self._http.get("/readyz").is_success

    @contextmanager
    def stream(self, path: str, **options: Any) -> Iterator[httpx.Response]:
        """Send a GET; give the response before its body is read. Raises like `request`."""
        with _as_client_errors(self.url), self._http.stream("GET", path, **options) as response:
            if response.is_error:
                response.read()
            self._check(response)
            yield response

    def _check(self, response: httpx.Response) -> None:
        if not response.is_error:
            return
        sentence, problem, field = _problem(response)
        if response.status_code == _BUSY:
            after = _seconds(response.headers.get("Retry-After"))
            raise ServerUnavailableError(f"{self.url} cannot answer: {sentence}", after)
        raise ServerRefusedError(sentence, response.status_code, problem, field)


@contextmanager
def _as_client_errors(url: str) -> Iterator[None]:
    try:
        yield
    except UnicodeEncodeError as e:
        raise DataError(
            "The text contains bytes that are not UTF-8. Convert it to UTF-8 and send it again."
        ) from e
    except (httpx.HTTPError, httpx.InvalidURL) as e:
        raise ServerUnavailableError(
            f"{url} does not answer ({_reason(e)}). Is the server running, and is the address "
            "right? Start one with `emojify up`, or set EMOJIFY_URL."
        ) from e


def _reason(error: Exception) -> str:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return "no connection"
        case httpx.TimeoutException():
            return "it took too long"
        case httpx.ReadError() | httpx.WriteError() | httpx.RemoteProtocolError():
            return "the connection broke"
        case _:
            return type(error).__name__


def _problem(response: httpx.Response) -> tuple[str, str, str]:
    """Return the sentence, code and field of an error response."""
    try:
        body = response.json()
        errors = body.get("errors") or [{"field": "", "message": ""}]
        sentence = body.get("detail") or errors[0]["message"]
        return str(sentence), body["type"].rpartition(":")[2], errors[0]["field"]
    except (ValueError, KeyError, AttributeError, TypeError):
        text = f"It answered {response.status_code} {response.reason_phrase}. Is it Emojify?"
        return text, "", ""


def _media_type(response: httpx.Response) -> str:
    return str(response.headers.get("Content-Type", "")).partition(";")[0]


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isdigit() else None
