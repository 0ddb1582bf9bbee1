"""Parsers for the values of environment variables.

Each raises SettingsError, which names the variable, for an invalid value.
"""

import ipaddress
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from emojify_core.errors import SettingsError
from emojify_core.redis_address import RedisAddress

DEFAULT_RATE_LIMIT = "predictions=600/minute corrections=60/minute"
OPEN = "open"  # in place of API keys: callers need no key
AUTO, REVIEW = "auto", "review"  # who decides on corrections: the gate, or an administrator first

_DURATION = re.compile(r"([1-9][0-9]{0,4}) *(day|hour|minute)s?")
_SIZE = re.compile(r"([1-9][0-9]{0,5}) *(MB|GB|TB)")
_SIZE_UNITS = {"MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}  # bytes
_RATE = re.compile(r"[1-9][0-9]*/(second|minute|hour|day)")
_SHORTEST_KEY = 16  # characters
_SHORTEST_SECRET = 32  # characters; a random one of this length cannot be guessed
_SITE = re.compile(r"(\*\.)?[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,20}")


def port(name: str, value: str) -> int:
    """Read a TCP port."""
    if not re.fullmatch("[0-9]{1,5}", value) or not 1 <= int(value) <= 65535:  # noqa: PLR2004
        raise SettingsError(f"{name} must be a port between 1 and 65535, not {value!r}.")
    return int(value)


def count(name: str, value: str) -> int:
    """Read a whole number that is not negative."""
    if not re.fullmatch("[0-9]{1,9}", value):
        raise SettingsError(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def api_keys(value: str | None) -> tuple[str, ...]:
    """Read API keys; `open` gives none."""
    keys = () if value == OPEN else tuple((value or "").replace(",", " ").split())
    if any(len(key) < _SHORTEST_KEY for key in keys):
        raise SettingsError(
            f"Each key in EMOJIFY_API_KEYS must have at least {_SHORTEST_KEY} characters, so that "
            "it cannot be guessed. Separate keys by spaces or commas."
        )
    return keys


def secret(name: str, value: str | None) -> str | None:
    """Read a secret that a person may have chosen; the error does not repeat it."""
    if value is not None and len(value) < _SHORTEST_SECRET:
        raise SettingsError(
            f"{name} must have at least {_SHORTEST_SECRET} characters, so that it cannot be "
            "guessed. Make a random one (openssl rand -hex 32), or leave it out: Emojify makes one."
        )
    return value


def sites(value: str | None) -> tuple[str, ...]:
    """Read the site's names or addresses as Caddy does; keep them without scheme and port."""
    found = []
    for site in (value or "").replace(",", " ").split():
        name = site.lower().rpartition("://")[2].partition("/")[0]
        name = re.sub(r":[0-9]{1,5}$", "", name) if name.count(":") == 1 or "]" in name else name
        name = name.strip("[]").rstrip(".")
        if not (_SITE.fullmatch(name) or _is_address(name)):
            raise SettingsError(
                f"EMOJIFY_SITE must be the name or address under which others reach this server, "
                f"such as emojify.example.org, not {site[:100]!r}."
            )
        found.append(name)
    return tuple(found)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def prefix(value: str | None) -> str:
    """Read the path below which the page is published; a slash alone is none."""
    path = "/".join(["", *(part for part in (value or "").split("/") if part)])
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]{1,63}){0,8}", path):
        raise SettingsError(
            "EMOJIFY_PREFIX must be a path of letters, digits and . _ ~ -, as in /emojify."
        )
    return path


def choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    """Read one of the choices."""
    if value not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def corrections(value: str | None) -> str | None:
    """Read who decides on corrections; None leaves it to the kind of installation."""
    return value and choice("EMOJIFY_CORRECTIONS", value, (AUTO, REVIEW))


def size(name: str, value: str) -> int:
    """Read a number of bytes, such as `16 GB`."""
    found = _SIZE.fullmatch(value.upper())
    if not found:
        raise SettingsError(f"{name} must be a number of MB, GB or TB, not {value!r}.")
    return int(found[1]) * _SIZE_UNITS[found[2]]


def rate_limits(value: str) -> Mapping[str, str]:
    """Read pairs such as `predictions=600/minute`."""
    limits = dict(part.partition("=")[::2] for part in value.split())
    known = {part.partition("=")[0] for part in DEFAULT_RATE_LIMIT.split()}
    if not limits.keys() <= known or not all(map(_RATE.fullmatch, limits.values())):
        raise SettingsError(
            f"EMOJIFY_RATE_LIMIT must look like {DEFAULT_RATE_LIMIT!r}, or be empty for no limit; "
            f"{value!r} does not."
        )
    return MappingProxyType(limits)


def redis_url(value: str | None) -> str | None:
    """Check the URL of a Redis server."""
    if value:
        RedisAddress.parse(value)
    return value


def database_url(value: str | None) -> str | None:
    """Read the URL of an SQLite or PostgreSQL database."""
    if value and not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise SettingsError(
            "EMOJIFY_DATABASE_URL must begin with sqlite:/// or postgresql:// "
            "(for example postgresql://user:password@localhost/emojify)."
        )
    return value


def store_url(value: str | None) -> str | None:
    """Read the URL of an object store, or the path of a folder."""
    return value if value is None or "://" in value else str(path("EMOJIFY_STORE_URL", value))


def path(name: str, value: str) -> Path:
    """Read a path; `~` is the user's home."""
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError as e:  # "~somebody" who is not known here
        raise SettingsError(f"{name} names the home of a user who is not known here.") from e


def duration(name: str, value: str) -> timedelta:
    """Read a duration such as "7 days", "12 hours" or "1 minute"."""
    found = _DURATION.fullmatch(value.lower())
    if not found:
        raise SettingsError(
            f'{name} must be a number of days, hours or minutes, such as "7 days", not {value!r}.'
        )
    return timedelta(**{f"{found[2]}s": int(found[1])})
