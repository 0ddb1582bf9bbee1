"""A URL chooses the database; an unusable one is refused with a clear error."""

import sys
from pathlib import Path

import pytest

from emojify_core.errors import SettingsError
from emojify_core.settings import Settings
from emojify_core.storage.database.engine import make_engine

PASSWORD = "hunter2"  # noqa: S105  (not ours)


def test_the_default_database_is_a_file_in_the_home() -> None:
    """A local run needs no database server and no setting."""
    settings = Settings.from_env({"EMOJIFY_HOME": "/srv/emojify"})
    assert settings.database_url == "sqlite:////srv/emojify/emojify.sqlite3"
    assert settings.store_url == "/srv/emojify/store"


def test_the_settings_choose_database_and_store() -> None:
    """Each installation can choose where its data is."""
    settings = Settings.from_env(
        {
            "EMOJIFY_DATABASE_URL": "postgresql://emojify@db/emojify",
            "EMOJIFY_STORE_URL": "s3://bucket/emojify",
        }
    )
    assert settings.database_url == "postgresql://emojify@db/emojify"
    assert settings.store_url == "s3://bucket/emojify"
    relative = Settings.from_env({"EMOJIFY_STORE_URL": "data/store"})
    assert relative.store_url == str(Path.cwd() / "data/store")


@pytest.mark.parametrize("value", ["mysql://u:hunter2@h/d", "emojify.sqlite3", "sqlite://", "pg"])
def test_another_kind_of_database_is_refused(value: str) -> None:
    """The error names the variable and does not repeat a password."""
    with pytest.raises(SettingsError, match="EMOJIFY_DATABASE_URL") as refused:
        Settings.from_env({"EMOJIFY_DATABASE_URL": value})
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(
    "value",
    [
        "mysql://u:hunter2@h/d",
        "postgresql://u:hunter2@h:port/d",
        "",
        "hunter2",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
    ],
)
def test_an_engine_needs_a_file_or_a_server(value: str) -> None:
    """A database that several processes cannot share is refused at the start."""
    with pytest.raises(SettingsError, match="EMOJIFY_DATABASE_URL") as refused:
        make_engine(value)
    assert PASSWORD not in str(refused.value)
    assert refused.value.__cause__ is None


def test_the_repr_of_settings_hides_secrets() -> None:
    """A log line or traceback with the settings reveals no secret."""
    settings = Settings.from_env(
        {
            "EMOJIFY_DATABASE_URL": f"postgresql://u:{PASSWORD}@h/d",
            "EMOJIFY_REDIS_URL": f"redis://:{PASSWORD}@h",
            "EMOJIFY_SECRET_KEY": PASSWORD * 5,
            "EMOJIFY_FLOWER_PASSWORD": PASSWORD,
        }
    )
    assert PASSWORD not in repr(settings)
    engine = make_engine(settings.database_url)
    assert PASSWORD not in repr(engine)
    engine.dispose()


def test_making_an_engine_opens_nothing(tmp_path: Path) -> None:
    """No file is opened or created before the first use."""
    make_engine(f"sqlite:///{tmp_path}/new/emojify.sqlite3").dispose()
    make_engine("postgresql://emojify@192.0.2.1/emojify").dispose()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install for PostgreSQL."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r"pip install 'emojify\[postgres\]'"):
        make_engine("postgresql://emojify@db/emojify")
