"""Every setting, read once from the environment into one frozen object.

`.env.example` lists the same names with their defaults; a test compares the two.
"""

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Self

from emojify_core.errors import SettingsError

DEFAULT_RATE_LIMIT = "predictions=600/minute corrections=60/minute"

_RATE = re.compile(r"[1-9][0-9]*/(second|minute|hour|day)")

# A unix socket's path may hold 107 bytes on Linux and 103 on macOS.
_LONGEST_SOCKET_PATH = 100

_SHORTEST_KEY = 16  # characters


@dataclass(frozen=True, slots=True)
class Settings:
    """What the processes of one installation agree on. Its repr holds no secret."""

    home: Path  # data folder of the local run
    bind: str  # address the web and Flower listen on
    port: int
    flower_port: int
    redis_url: str | None = field(repr=False)  # None: the embedded server in `home`
    database_url: str = field(repr=False)  # corrections, versions
    store_url: str  # files of models and batches: a folder, or s3://bucket/prefix
    psychexp: Path | None  # `raw.pickle`, if it is already on the machine
    secret_key: str | None = field(repr=False)  # signs ids and cookies; None: a file in `home`
    admin_token: str | None = field(repr=False)  # for review, undo, rollback; None: likewise
    api_keys: tuple[str, ...] = field(repr=False)  # one of them is needed; none: open to all
    review: bool  # an administrator accepts each correction before it is learned
    # User `emojify`; None: a file in `home`, if one is needed.
    flower_password: str | None = field(repr=False)
    trusted_proxies: int  # how many proxies in front of us name the client's address
    rate_limits: Mapping[str, str]  # per client: what is limited, and how ("600/minute")
    json_logs: bool  # for machines; else one readable line an event

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the `EMOJIFY_*` variables; an empty value counts as unset.

        Raises SettingsError, naming the variable, for a value that cannot be used.
        """
        env = os.environ if environ is None else environ

        def text(name: str) -> str | None:
            return env.get(f"EMOJIFY_{name}", "").strip() or None

        def path(name: str) -> Path | None:
            value = text(name)
            return Path(value).expanduser().absolute() if value else None

        home = path("HOME") or Path(".emojify").absolute()
        return cls(
            home=home,
            bind=text("BIND") or "127.0.0.1",
            port=_port("EMOJIFY_PORT", text("PORT") or "5000"),
            flower_port=_port("EMOJIFY_FLOWER_PORT", text("FLOWER_PORT") or "5555"),
            redis_url=_redis_url(text("REDIS_URL")),
            database_url=_database_url(text("DATABASE_URL"))
            or f"sqlite:///{home / 'emojify.sqlite3'}",
            store_url=_store_url(text("STORE_URL")) or str(home / "store"),
            psychexp=path("PSYCHEXP"),
            secret_key=text("SECRET_KEY"),
            admin_token=text("ADMIN_TOKEN"),
            api_keys=_api_keys(text("API_KEYS")),
            review=_choice("EMOJIFY_CORRECTIONS", text("CORRECTIONS") or "auto", ("auto", "review"))
            == "review",
            flower_password=text("FLOWER_PASSWORD"),
            trusted_proxies=_count("EMOJIFY_TRUSTED_PROXIES", text("TRUSTED_PROXIES") or "0"),
            # Here an empty value means something: no limits.
            rate_limits=_rate_limits(env.get("EMOJIFY_RATE_LIMIT", DEFAULT_RATE_LIMIT)),
            json_logs=_choice("EMOJIFY_LOG", text("LOG") or "text", ("text", "json")) == "json",
        )

    @property
    def socket(self) -> Path:
        """The embedded server's unix socket: readable by its owner alone, and no port to clash."""
        path = self.home / "run" / "valkey.sock"
        if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
            raise SettingsError(
                f"EMOJIFY_HOME is too long for a socket path: {self.home}. "
                "Choose a shorter folder, or set EMOJIFY_REDIS_URL."
            )
        return path

    @property
    def resolved_redis_url(self) -> str:
        """The URL as redis-py reads it (`redis://`, `rediss://` or `unix://`)."""
        return self.redis_url or f"unix://{self.socket}"

    @property
    def broker_url(self) -> str:
        """The same server as kombu names it: its word for `unix://` is `redis+socket://`."""
        return self.resolved_redis_url.replace("unix://", "redis+socket://", 1)

    @property
    def public(self) -> bool:
        """Whether other machines can reach what we listen on."""
        return self.bind not in {"127.0.0.1", "::1", "localhost"}

    def secret(self, name: str, configured: str | None) -> str:
        """Return the configured secret, or the one in `home`, made at first use (mode 0600)."""
        if configured:
            return configured
        path = self.home / f"{name}.secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32))
                file.flush()
                # A link appears whole or not at all: a second process never reads half a secret.
                with contextlib.suppress(FileExistsError):
                    os.link(file.name, path)
        return path.read_text(encoding="ascii")


def _port(name: str, value: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", value) or not 1 <= int(value) <= 65535:  # noqa: PLR2004
        raise SettingsError(f"{name} must be a port between 1 and 65535, not {value!r}.")
    return int(value)


def _count(name: str, value: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", value):
        raise SettingsError(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def _api_keys(value: str | None) -> tuple[str, ...]:
    keys = tuple((value or "").replace(",", " ").split())
    if any(len(key) < _SHORTEST_KEY for key in keys):
        raise SettingsError(
            f"Each key in EMOJIFY_API_KEYS must have at least {_SHORTEST_KEY} characters, so that "
            "nobody guesses it. Separate keys by spaces or commas."
        )
    return keys


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def _rate_limits(value: str) -> Mapping[str, str]:
    limits = dict(part.partition("=")[::2] for part in value.split())
    known = {part.partition("=")[0] for part in DEFAULT_RATE_LIMIT.split()}
    if not limits.keys() <= known or not all(map(_RATE.fullmatch, limits.values())):
        raise SettingsError(
            f"EMOJIFY_RATE_LIMIT must look like {DEFAULT_RATE_LIMIT!r}, or be empty for no limit; "
            f"{value!r} does not."
        )
    return MappingProxyType(limits)


def _redis_url(value: str | None) -> str | None:
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise SettingsError(
            "EMOJIFY_REDIS_URL must begin with redis://, rediss:// or unix:// "
            "(for example redis://localhost:6379/0)."
        )
    return value


def _database_url(value: str | None) -> str | None:
    if value and not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise SettingsError(
            "EMOJIFY_DATABASE_URL must begin with sqlite:/// or postgresql:// "
            "(for example postgresql://user:password@localhost/emojify)."
        )
    return value


def _store_url(value: str | None) -> str | None:
    return value if value is None or "://" in value else str(Path(value).expanduser().absolute())
