"""Databases for tests: each a fresh copy of one that has the tables already."""

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.database.tables import Base
from support.postgres_server import PostgresServer
from support.racing import upgrade


@dataclass
class SqliteDatabases:
    """Files in a folder."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def empty(self) -> str:
        """Return the URL of a database without tables."""
        return f"sqlite:///{self.folder}/{next(self.numbers)}.sqlite3"

    def fresh(self) -> str:
        """Return the URL of a database with the tables."""
        template = self.folder / "template.sqlite3"
        if not template.exists():
            upgrade(f"sqlite:///{template}")
        url = self.empty()
        shutil.copyfile(template, url.removeprefix("sqlite:///"))
        return url

    def give_back(self, url: str) -> None:
        """Delete it, its log too."""
        file = Path(url.removeprefix("sqlite:///"))
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink(missing_ok=True)  # SQLite may be about to, itself


@dataclass
class PostgresDatabases:
    """Databases of one server. A used one is emptied and given out again: that is faster."""

    server: PostgresServer
    numbers: Iterator[int] = field(default_factory=itertools.count)
    free: list[str] = field(default_factory=list)

    def empty(self) -> str:
        """Return the URL of a database without tables."""
        name = f"test_{next(self.numbers)}"
        self.server.execute(f"CREATE DATABASE {name}")
        return self.server.url(name)

    def fresh(self) -> str:
        """Return the URL of a database with the tables, and nothing in them."""
        if self.free:
            return self.free.pop()
        url = self.empty()
        upgrade(url)
        return url

    def give_back(self, url: str) -> None:
        """Take a database back that nobody uses any more and whose tables are as they were."""
        engine = make_engine(url)
        with engine.begin() as connection:
            tables = ", ".join(Base.metadata.tables)
            connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY")
        engine.dispose()
        self.free.append(url)


Databases = SqliteDatabases | PostgresDatabases
