"""Databases for tests: copies of a template, so that the migrations run once."""

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
    """Files in one folder."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def empty(self) -> str:
        """Return the URL of a database without tables."""
        return f"sqlite:///{self.folder}/{next(self.numbers)}.sqlite3"

    def fresh(self) -> str:
        """Return the URL of a database with empty tables."""
        template = self.folder / "template.sqlite3"
        if not template.exists():
            upgrade(f"sqlite:///{template}")
        url = self.empty()
        shutil.copyfile(template, url.removeprefix("sqlite:///"))
        return url

    def give_back(self, url: str) -> None:
        """Delete the database and its log."""
        file = Path(url.removeprefix("sqlite:///"))
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink(missing_ok=True)  # SQLite may delete its log at the same time


@dataclass
class PostgresDatabases:
    """Databases of one server. Emptying a used one is faster than copying the template."""

    server: PostgresServer
    numbers: Iterator[int] = field(default_factory=itertools.count)
    unused: list[str] = field(default_factory=list)
    template: str = ""

    def empty(self, template: str = "template1") -> str:
        """Return the URL of a database without tables, or of a copy of another database."""
        name = f"test_{next(self.numbers)}"
        self.server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.server.url(name)

    def fresh(self) -> str:
        """Return the URL of a database with empty tables."""
        if self.unused:
            return self.unused.pop()
        if not self.template:
            self.template = "with_tables"
            self.server.execute(f"CREATE DATABASE {self.template}")
            upgrade(self.server.url(self.template))
        return self.empty(self.template)

    def give_back(self, url: str) -> None:
        """Empty the tables, so that the next test can use the database. Nobody may use it now."""
        engine = make_engine(url)
        with engine.begin() as connection:
            tables = ", ".join(Base.metadata.tables)
            connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY")
        engine.dispose()
        self.unused.append(url)


Databases = SqliteDatabases | PostgresDatabases
