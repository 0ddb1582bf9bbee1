"""HTTP to one server: who we are, how long we wait, and what its refusals become."""

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

TIMEOUT = 20.0  # seconds that a server may be silent; above the longest `Prefer: wait`
TRIES = 6  # of a request that may be repeated
_PAUSES = (0.5, 1, 2, 4, 8)  # seconds between them
_LONGEST_PAUSE = 30.0  # whatever a server asks for
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_BUSY = 503


class Connection:
    """One server. `key` is an API key or the administrator's token. Safe to share by threads.

    Without a key the server knows us by a cookie, for as long as this object lives or `cookies`
    keep it. `sleep` is for tests.
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
                f"{url!r} is no address of a server. Write it as http://127.0.0.1:5000, or set "
                "EMOJIFY_URL."
            )
        if key and not (key.isascii() and key.isprintable()):
            raise SettingsError("The key holds signs that no key has. Copy it once more.")
        self.url, self.sleep = url.rstrip("/"), sleep
        self._http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            cookies=cookies,
            timeout=httpx.Timeout(TIMEOUT, connect=5),
            # A proxy from the environment is for other machines.
            trust_env=parts.hostname not in _LOOPBACK,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def ask(self, method: str, path: str, *, again: bool | None = None, **how: Any) -> Any:
        """Send a request and return the JSON of its answer, or text where it is none.

        What may be repeated (`again`; by default, what only reads) is sent again when nobody
        answers or the server is busy.
        """
        repeated = method == "GET" if again is None else again
        for pause in self._pauses(repeated):
            try:
                with _answered(self.url):
                    response = self._http.request(method, path, **how)
                self._check(response)
            except ServerUnavailableError as e:
                if pause is None:
                    raise
                self.sleep(min(e.retry_after or pause, _LONGEST_PAUSE))
            else:
                return response.json() if "json" in _type(response) else response.text
        raise AssertionError("the last try returns or raises")

    def is_ready(self) -> bool:
        """Tell whether predictions can be answered."""
        with _answered(self.url):
            return self._http.get("/readyz").is_success

    @contextmanager
    def stream(self, path: str, **how: Any) -> Iterator[httpx.Response]:
        """Send a GET and give its answer before its body is read."""
        with _answered(self.url), self._http.stream("GET", path, **how) as response:
            if response.is_error:
                response.read()
            self._check(response)
            yield response

    @staticmethod
    def _pauses(repeated: bool) -> tuple[float | None, ...]:  # noqa: FBT001
        return (*(_PAUSES[: TRIES - 1] if repeated else ()), None)

    def _check(self, response: httpx.Response) -> None:
        if not response.is_error:
            return
        sentence, problem, field = _problem(response)
        if response.status_code == _BUSY:
            after = _seconds(response.headers.get("Retry-After"))
            raise ServerUnavailableError(f"{self.url} cannot answer: {sentence}", after)
        raise ServerRefusedError(sentence, response.status_code, problem, field)


@contextmanager
def _answered(url: str) -> Iterator[None]:
    try:
        yield
    except UnicodeEncodeError as e:
        raise DataError(
            "What was to be sent holds bytes that are no characters: it is not UTF-8. Convert it "
            "and send it again."
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
            return "it was silent for too long"
        case httpx.ReadError() | httpx.WriteError() | httpx.RemoteProtocolError():
            return "the connection broke"
        case _:
            return type(error).__name__


def _problem(response: httpx.Response) -> tuple[str, str, str]:
    """Return a refusal's sentence, code and field."""
    try:
        body = response.json()
        errors = body.get("errors") or [{"field": "", "message": ""}]
        sentence = body.get("detail") or errors[0]["message"]
        return str(sentence), body["type"].rpartition(":")[2], errors[0]["field"]
    except (ValueError, KeyError, AttributeError, TypeError):
        text = f"It answered {response.status_code} {response.reason_phrase}. Is it Emojify?"
        return text, "", ""


def _type(response: httpx.Response) -> str:
    return str(response.headers.get("Content-Type", "")).partition(";")[0]


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isdigit() else None
