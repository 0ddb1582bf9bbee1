"""Settings from environment variables, and the errors for invalid values."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import FrozenInstanceError
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.errors import SettingsError
from emojify_core.settings import Settings

EXAMPLE = Path(__file__).parents[3] / ".env.example"


class Recording(Mapping[str, str]):
    """An empty environment that records the names that are read."""

    def __init__(self) -> None:
        self.names_read: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names_read.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def example() -> dict[str, str]:
    """Return the variables of .env.example."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_lists_exactly_the_variables_that_are_read() -> None:
    """People find every setting in one file, and no unused one."""
    environ = Recording()
    Settings.from_env(environ)
    assert example().keys() == environ.names_read


def test_the_example_holds_the_defaults() -> None:
    """Using the example unchanged changes nothing."""
    assert Settings.from_env(example()) == Settings.from_env({})


def test_the_example_explains_every_variable() -> None:
    """Above each variable one line says what it does."""
    blocks = EXAMPLE.read_text(encoding="utf-8").strip().split("\n\n")[1:]
    for block in blocks:
        assert re.fullmatch(r"# .+\.\nEMOJIFY_[A-Z_]+=.*", block), block
    assert len(blocks) == len(example())


def test_defaults_suit_one_machine() -> None:
    """Without settings it listens on loopback and starts its own Redis."""
    settings = Settings.from_env({})
    assert settings.home == Path.cwd() / ".emojify"
    assert (settings.bind, settings.port, settings.flower_port) == ("127.0.0.1", 5000, 5555)
    assert settings.resolved_redis_url == f"unix://{settings.home}/run/valkey.sock"
    assert settings.redis_address.for_kombu() == f"redis+socket://{settings.home}/run/valkey.sock"
    assert not settings.public
    assert settings.secret_key is settings.flower_password is settings.psychexp is None
    assert settings.trusted_proxies == 0
    assert settings.retention == timedelta(days=7)
    assert settings.batch_storage == 16 << 30
    assert settings.url is settings.key is None
    assert settings.rate_limits == {"predictions": "600/minute", "corrections": "60/minute"}
    assert (settings.admin_token, settings.api_keys, settings.corrections) == (None, (), None)
    assert not settings.json_logs


def test_every_variable_is_used() -> None:
    """Each variable changes its setting."""
    settings = Settings.from_env(
        {
            "EMOJIFY_HOME": "~/emojify",
            "EMOJIFY_BIND": "0.0.0.0",  # noqa: S104
            "EMOJIFY_PORT": "8000",
            "EMOJIFY_FLOWER_PORT": "8001",
            "EMOJIFY_PREFIX": "emojify/",
            "EMOJIFY_REDIS_URL": "rediss://user:word@redis.example:6380/3",
            "EMOJIFY_PSYCHEXP": "data/raw.pickle",
            "EMOJIFY_SECRET_KEY": "key" * 11,
            "EMOJIFY_ADMIN_TOKEN": "token" * 7,
            "EMOJIFY_SITE": "https://Emojify.example.org:8443, 192.0.2.1 [2001:db8::1]:443",
            "EMOJIFY_FLOWER_PASSWORD": "word",
            "EMOJIFY_TRUSTED_PROXIES": "2",
            "EMOJIFY_RATE_LIMIT": "predictions=5/second",
            "EMOJIFY_RETENTION": "36 Hours",
            "EMOJIFY_BATCH_STORAGE": "500 mb",
            "EMOJIFY_URL": "https://emojify.example",
            "EMOJIFY_KEY": "shown",
            "EMOJIFY_LOG": "json",
        }
    )
    assert settings.home == Path.home() / "emojify"
    assert settings.public
    assert (settings.port, settings.flower_port) == (8000, 8001)
    assert settings.prefix == "/emojify"
    assert settings.resolved_redis_url == "rediss://user:word@redis.example:6380/3"
    assert settings.redis_address.database == 3
    assert settings.psychexp == Path.cwd() / "data/raw.pickle"
    assert (settings.secret_key, settings.flower_password) == ("key" * 11, "word")
    assert settings.admin_token == "token" * 7
    assert settings.sites == ("emojify.example.org", "192.0.2.1", "2001:db8::1")
    assert settings.trusted_proxies == 2
    assert settings.retention == timedelta(hours=36)
    assert settings.batch_storage == 500 << 20
    assert (settings.url, settings.key) == ("https://emojify.example", "shown")
    assert settings.rate_limits == {"predictions": "5/second"}
    assert settings.json_logs


@pytest.mark.parametrize("name", sorted(example().keys() - {"EMOJIFY_RATE_LIMIT"}))
def test_an_empty_value_counts_as_unset(name: str) -> None:
    """A line left empty in an environment file is no error."""
    assert Settings.from_env({name: "  "}) == Settings.from_env({})


def test_empty_rate_limit_means_no_limit() -> None:
    """No other variable gives an empty value a meaning."""
    assert Settings.from_env({"EMOJIFY_RATE_LIMIT": ""}).rate_limits == {}


def test_one_public_address_makes_it_public() -> None:
    """Containers publish the page and its proxy on different addresses."""
    for value, public in {"127.0.0.1 ::1": False, "127.0.0.1 0.0.0.0": True}.items():
        assert Settings.from_env({"EMOJIFY_PUBLISHED_ON": value}).public is public


@pytest.mark.parametrize(
    "environ",
    [
        {"EMOJIFY_BIND": "0.0.0.0"},  # noqa: S104
        {"EMOJIFY_PUBLISHED_ON": "127.0.0.1 192.0.2.1"},
        {"EMOJIFY_SITE": "emojify.example.org"},
        {"EMOJIFY_TRUSTED_PROXIES": "1"},
    ],
)
def test_strangers_may_come_by_an_address_a_site_or_a_proxy(environ: dict[str, str]) -> None:
    """Each of the three makes an installation public; only an address opens its ports."""
    settings = Settings.from_env(environ)
    assert settings.public
    assert settings.beyond_loopback is not ("SITE" in str(environ) or "PROXIES" in str(environ))
    assert not Settings.from_env({"EMOJIFY_SITE": "localhost"}).public, "TLS on this machine"


@pytest.mark.parametrize("name", ["EMOJIFY_SECRET_KEY", "EMOJIFY_ADMIN_TOKEN"])
def test_a_short_secret_is_refused(name: str) -> None:
    """A word of a dictionary would be guessed; the error does not show it."""
    with pytest.raises(SettingsError, match=f"{name} must have at least 32") as refused:
        Settings.from_env({name: "correct horse battery staple"})
    assert "horse" not in str(refused.value)
    assert "openssl rand -hex 32" in str(refused.value)
    Settings.from_env({name: "x" * 32})


@pytest.mark.parametrize("value", ["127.0.0.1", "::1", "localhost"])
def test_loopback_is_not_public(value: str) -> None:
    """Flower needs no password if only this machine can reach it."""
    assert not Settings.from_env({"EMOJIFY_BIND": value}).public


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[
            (name, value)
            for name in ("EMOJIFY_PORT", "EMOJIFY_FLOWER_PORT")
            for value in ("0", "65536", "-1", "http", "80.5", "²", "9" * 5000)
        ],
        ("EMOJIFY_REDIS_URL", "localhost:6379"),
        ("EMOJIFY_REDIS_URL", "http://localhost"),
        ("EMOJIFY_TRUSTED_PROXIES", "one"),
        ("EMOJIFY_TRUSTED_PROXIES", "-1"),
        ("EMOJIFY_TRUSTED_PROXIES", "9" * 5000),
        ("EMOJIFY_RATE_LIMIT", "often"),
        ("EMOJIFY_RATE_LIMIT", "predictions=0/minute"),
        ("EMOJIFY_RATE_LIMIT", "predictions=5/fortnight"),
        ("EMOJIFY_RATE_LIMIT", "guesses=5/minute"),
        ("EMOJIFY_RETENTION", "for ever"),
        ("EMOJIFY_RETENTION", "0 days"),
        ("EMOJIFY_RETENTION", "999999 days"),
        ("EMOJIFY_BATCH_STORAGE", "all"),
        ("EMOJIFY_BATCH_STORAGE", "0 GB"),
        ("EMOJIFY_BATCH_STORAGE", "9999999 TB"),
        ("EMOJIFY_LOG", "xml"),
        ("EMOJIFY_SITE", "a b/c http://"),
        ("EMOJIFY_SITE", "exa<mple.org"),
        ("EMOJIFY_SITE", "a." * 5000),
        ("EMOJIFY_SECRET_KEY", "short"),
        ("EMOJIFY_ADMIN_TOKEN", "short"),
    ],
)
def test_error_names_the_variable_of_an_invalid_value(name: str, value: str) -> None:
    """One sentence says which variable to correct."""
    with pytest.raises(SettingsError, match=name) as refused:
        Settings.from_env({name: value})
    assert len(str(refused.value)) < 6000
    assert str(refused.value).endswith((".", ")."))


@given(
    st.dictionaries(
        st.sampled_from(sorted(example())), st.text(st.characters(exclude_characters="\0"))
    )
)
def test_any_environment_is_read_or_refused(environ: dict[str, str]) -> None:
    """No value causes a traceback."""
    try:
        settings = Settings.from_env(environ)
    except SettingsError as e:
        refusal = str(e)
        assert any(name in refusal for name in environ)
    else:
        assert 1 <= settings.port <= 65535


def test_home_too_long_for_a_socket_is_refused() -> None:
    """The error names the limit and the two solutions."""
    settings = Settings.from_env({"EMOJIFY_HOME": "/" + "deep" * 40})
    with pytest.raises(SettingsError, match=r"EMOJIFY_HOME is too long .* EMOJIFY_REDIS_URL"):
        _ = settings.resolved_redis_url
    other = Settings.from_env(
        {"EMOJIFY_HOME": str(settings.home), "EMOJIFY_REDIS_URL": "redis://r"}
    )
    assert other.resolved_redis_url == "redis://r", "another Redis needs no socket"


def test_settings_are_frozen() -> None:
    """A process keeps the settings of its start."""
    settings = Settings.from_env({})
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.rate_limits["predictions"] = "1/day"  # type: ignore[index]


def test_process_environment_is_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exported variables configure a program."""
    for name in list(os.environ):
        if name.startswith("EMOJIFY_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("EMOJIFY_PORT", "5001")
    assert Settings.from_env().port == 5001
