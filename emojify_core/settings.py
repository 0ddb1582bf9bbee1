"""Every setting, read once from the environment into one frozen object.

`.env.example` lists the same names with their defaults; a test compares the two.
"""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import quote

from emojify_core import settings_parsing as values
from emojify_core.errors import SettingsError
from emojify_core.redis_address import RedisAddress
from emojify_core.settings_parsing import AUTO, DEFAULT_RATE_LIMIT, OPEN, REVIEW

# A unix socket's path may hold 107 bytes on Linux and 103 on macOS.
_LONGEST_SOCKET_PATH = 100
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that all processes of an installation share. The repr shows no secret."""

    home: Path  # data folder of the local run
    bind: str  # address the web and Flower listen on
    published_on: str  # addresses that others use; in a container these differ from `bind`
    sites: tuple[str, ...]  # names or addresses under which a proxy publishes the page
    prefix: str  # path below which a proxy publishes the page, as in "/emojify"; or empty
    port: int
    flower_port: int
    redis_url: str | None = field(repr=False)  # None: the embedded server in `home`
    database_url: str = field(repr=False)  # corrections, versions
    store_url: str  # files of models and batches: a folder, or s3://bucket/prefix
    psychexp: Path | None  # `raw.pickle`, if it is already on the machine
    secret_key: str | None = field(repr=False)  # signs ids and cookies; None: a file in `home`
    admin_token: str | None = field(repr=False)  # for review, undo, rollback; None: likewise
    api_keys: tuple[str, ...] = field(repr=False)  # a caller needs one of them; empty: no key
    open: bool  # EMOJIFY_API_KEYS=open: other machines may come in without a key
    corrections: str | None  # who decides on them: AUTO or REVIEW; None: the default
    # User `emojify`; None: a file in `home`, if one is needed.
    flower_password: str | None = field(repr=False)
    trusted_proxies: int  # number of proxies in front that name the client's address
    rate_limits: Mapping[str, str]  # for each client, by kind of request ("600/minute")
    json_logs: bool  # JSON instead of readable lines
    retention: timedelta  # time for which the files of finished batches are kept
    batch_storage: int  # bytes that the files of batches may take, with their answers
    url: str | None  # server for the `emojify` command; None: the one on this machine
    key: str | None = field(repr=False)  # the command's API key or administrator's token
    heartbeat: Path | None  # file that a worker's loop touches, for health checks

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the `EMOJIFY_*` variables; an empty value counts as unset.

        Raises SettingsError, which names the variable, for an invalid value.
        """
        env = os.environ if environ is None else environ

        def text(name: str) -> str | None:
            return env.get(f"EMOJIFY_{name}", "").strip() or None

        def path(name: str) -> Path | None:
            value = text(name)
            return values.path(f"EMOJIFY_{name}", value) if value else None

        def choice(name: str, default: str, *others: str) -> str:
            return values.choice(f"EMOJIFY_{name}", text(name) or default, (default, *others))

        home = path("HOME") or Path(".emojify").absolute()
        bind = text("BIND") or "127.0.0.1"
        return cls(
            home=home,
            bind=bind,
            published_on=text("PUBLISHED_ON") or bind,
            sites=values.sites(text("SITE")),
            prefix=values.prefix(text("PREFIX")),
            port=values.port("EMOJIFY_PORT", text("PORT") or "5000"),
            flower_port=values.port("EMOJIFY_FLOWER_PORT", text("FLOWER_PORT") or "5555"),
            redis_url=values.redis_url(text("REDIS_URL")),
            database_url=values.database_url(text("DATABASE_URL"))
            or f"sqlite:///{quote(str(home / 'emojify.sqlite3'))}",
            store_url=values.store_url(text("STORE_URL")) or str(home / "store"),
            psychexp=path("PSYCHEXP"),
            secret_key=values.secret("EMOJIFY_SECRET_KEY", text("SECRET_KEY")),
            admin_token=values.secret("EMOJIFY_ADMIN_TOKEN", text("ADMIN_TOKEN")),
            api_keys=values.api_keys(text("API_KEYS")),
            open=text("API_KEYS") == OPEN,
            corrections=values.corrections(text("CORRECTIONS")),
            flower_password=text("FLOWER_PASSWORD"),
            trusted_proxies=values.count("EMOJIFY_TRUSTED_PROXIES", text("TRUSTED_PROXIES") or "0"),
            # Here an empty value has a meaning: no limits.
            rate_limits=values.rate_limits(env.get("EMOJIFY_RATE_LIMIT", DEFAULT_RATE_LIMIT)),
            json_logs=choice("LOG", "text", "json") == "json",
            retention=values.duration("EMOJIFY_RETENTION", text("RETENTION") or "7 days"),
            batch_storage=values.size("EMOJIFY_BATCH_STORAGE", text("BATCH_STORAGE") or "16 GB"),
            url=text("URL"),
            key=text("KEY"),
            heartbeat=path("HEARTBEAT"),
        )

    @property
    def socket(self) -> Path:
        """The embedded server's unix socket: only its owner may use it, and it needs no port."""
        path = self.home / "run" / "valkey.sock"
        if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
            raise SettingsError(
                f"EMOJIFY_HOME is too long for a socket path: {self.home}. "
                "Choose a shorter folder, or set EMOJIFY_REDIS_URL."
            )
        return path

    @property
    def resolved_redis_url(self) -> str:
        """The URL of the Redis server; `redis_address.py` alone reads it."""
        return self.redis_url or f"unix://{quote(str(self.socket))}"

    @property
    def redis_address(self) -> RedisAddress:
        """The parts of that URL."""
        return RedisAddress.parse(self.resolved_redis_url)

    @property
    def beyond_loopback(self) -> bool:
        """Whether other machines can connect to its ports."""
        return not _LOOPBACK.issuperset(self.published_on.split())

    @property
    def public(self) -> bool:
        """Whether strangers may reach it: by its ports, or through a proxy on this machine."""
        behind_proxy = not _LOOPBACK.issuperset(self.sites) or self.trusted_proxies > 0
        return self.beyond_loopback or behind_proxy

    @property
    def review(self) -> bool:
        """Whether an administrator accepts each correction before it is learned."""
        return self.corrections == REVIEW

    @property
    def review_strangers(self) -> bool:
        """Whether an administrator first accepts corrections of people without a key."""
        return self.review or (self.public and self.corrections is None)

    @property
    def count_voices(self) -> bool:
        """Whether one person without a key may not overrule an answer the model is sure of."""
        return self.public and self.corrections == AUTO

    def require_access_rule(self) -> None:
        """Raise SettingsError if other machines can connect and no access rule is set."""
        if self.beyond_loopback and not self.api_keys and not self.open:
            raise SettingsError(
                f"Other machines can connect to {self.published_on}. Say who may use it: "
                "EMOJIFY_API_KEYS=<a long random key> (several, separated by spaces), or "
                f"EMOJIFY_API_KEYS={OPEN} for everybody."
            )

    def secret(self, name: str, configured: str | None) -> str:
        """Return the configured secret, or the one in a file in `home`, made at first use."""
        if configured:
            return configured
        path = self.home / f"{name}.secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32))
                file.flush()
                # A link appears with its content, so no process ever reads half a secret.
                with contextlib.suppress(FileExistsError):
                    os.link(file.name, path)
        return path.read_text(encoding="ascii")
