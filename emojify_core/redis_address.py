"""The address of a Redis server: its URL is read here, once and strictly, and handed on in parts.

redis-py, kombu and Celery each read the query, `unix://`, TLS and special characters differently.
"""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode

from emojify_core.errors import SettingsError

_SCHEMES = ("redis://", "rediss://", "unix://")
_TLS_OPTIONS = {"ssl_cert_reqs", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile"}
_VERIFICATION = {"required": ssl.CERT_REQUIRED, "none": ssl.CERT_NONE}
_HIGHEST_DATABASE = 9999
_DEFAULT_PORT, _HIGHEST_PORT = 6379, 65535


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """The parts of an address. A unix socket has a `path`, and neither host nor port."""

    host: str = "localhost"
    port: int = _DEFAULT_PORT
    path: str | None = None
    database: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: dict[str, str] | None = None  # options of _TLS_OPTIONS; None: no TLS

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `redis://`, `rediss://` or `unix://`. Raises SettingsError without the password.

        Everything before the last "@" is the user and the password; both may hold any character,
        and `%` with two digits stands for one.
        """
        scheme = next((each for each in _SCHEMES if url.startswith(each)), None)
        if scheme is None:
            raise _refusal("must begin with redis://, rediss:// or unix://")
        body = url.removeprefix(scheme)
        # A socket's path may hold an "@", too.
        credentials, at, rest = ("", "", body) if body.startswith("/") else body.rpartition("@")
        name, colon, password = credentials.partition(":")
        rest, _, query = rest.partition("?")
        options = _options(query, {"db"} | (_TLS_OPTIONS if scheme == "rediss://" else set()))
        parts: dict[str, Any] = {
            "username": unquote(name) or None if at else None,
            "password": unquote(password) if colon else None,
        }
        if scheme == "unix://":
            if not rest.startswith("/"):
                raise _refusal("must name a socket's whole path, as in unix:///run/redis.sock?db=0")
            return cls(path=unquote(rest), database=_database(options.pop("db", "")), **parts)
        place, _, database = rest.partition("/")
        parts["host"], parts["port"] = _host_and_port(place)
        if database and "db" in options:
            raise _refusal("names its database twice")
        parts["database"] = _database(database or options.pop("db", ""))
        return cls(tls=_tls(options) if scheme == "rediss://" else None, **parts)

    def for_redis_py(self) -> dict[str, Any]:
        """Return the arguments of `redis.Redis`."""
        credentials = {"db": self.database, "username": self.username, "password": self.password}
        if self.path is not None:
            return {"unix_socket_path": self.path, **credentials}
        secure = {"ssl": True, **self.tls_for_kombu()} if self.tls is not None else {}
        return {"host": self.host, "port": self.port, **credentials, **secure}

    def for_kombu(self) -> str:
        """Return the URL as kombu, Celery and Flower read it."""
        credentials = ""
        if self.password is not None or self.username:
            password = f":{quote(self.password, safe='')}" if self.password is not None else ""
            credentials = f"{quote(self.username or '', safe='')}{password}@"
        if self.path is not None:
            database = f"?virtual_host={self.database}" if self.database else ""
            return f"redis+socket://{credentials}{quote(self.path)}{database}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = f"{credentials}{host}:{self.port}/{self.database}"
        return f"redis://{place}" if self.tls is None else f"rediss://{place}?{urlencode(self.tls)}"

    def tls_for_kombu(self) -> dict[str, Any]:
        """Return the options of TLS; empty without it."""
        if self.tls is None:
            return {}
        verification = _VERIFICATION[self.tls["ssl_cert_reqs"]]
        checked = verification is ssl.CERT_REQUIRED
        return {**self.tls, "ssl_cert_reqs": verification, "ssl_check_hostname": checked}


def _host_and_port(place: str) -> tuple[str, int]:
    if place.startswith("["):
        host, bracket, port = place[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise _refusal("has a bracket that is not closed")
        port = port[1:]
    else:
        host, _, port = place.partition(":")
    if not host or not all(letter.isalnum() or letter in "-._:%" for letter in host):
        raise _refusal("must name a host, as in redis://localhost:6379/0")
    if not port:
        return host, _DEFAULT_PORT
    if not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= _HIGHEST_PORT):
        raise _refusal(f"must name a port between 1 and {_HIGHEST_PORT}")
    return host, int(port)


def _database(value: str) -> int:
    if not value:
        return 0
    if not (value.isascii() and value.isdigit() and int(value[:5]) <= _HIGHEST_DATABASE):
        raise _refusal("must name its database by a number, as in redis://localhost:6379/0")
    return int(value)


def _options(query: str, known: set[str]) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := options.keys() - known:
        name = "".join(letter for letter in min(unknown)[:30] if letter.isalnum() or letter == "_")
        raise _refusal(f"has an option {name!r} that is not known; {', '.join(sorted(known))} are")
    return options


def _tls(options: dict[str, str]) -> dict[str, str]:
    """Verify the server, unless the URL says otherwise."""
    tls = {"ssl_cert_reqs": "required"} | options
    if tls["ssl_cert_reqs"] not in _VERIFICATION:
        raise _refusal("must have ssl_cert_reqs=required or none")
    for name in tls.keys() - {"ssl_cert_reqs"}:
        if not Path(tls[name]).is_file():
            raise _refusal(f"names a file by {name} that does not exist")
    return tls


def _refusal(problem: str) -> SettingsError:
    return SettingsError(f"EMOJIFY_REDIS_URL {problem} (for example redis://localhost:6379/0).")
