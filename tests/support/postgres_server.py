"""A real PostgreSQL server on a unix socket in a new folder; tests may break it."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from support.deadlines import eventually
from support.processes import Process, clean_environ

USER = "emojify"


def find_binaries() -> Path | None:
    """Return the folder of initdb and postgres: from Debian, or else from the PATH."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin_: int(bin_.parent.name)
    )
    on_path = shutil.which("initdb")
    if on_path:
        folders.insert(0, Path(on_path).resolve().parent)
    complete = [bin_ for bin_ in folders if (bin_ / "initdb").exists()]
    return complete[-1] if complete else None


@contextmanager
def running_postgres(binaries: Path) -> Iterator["PostgresServer"]:
    """Give a running server; delete its folder afterwards."""
    with tempfile.TemporaryDirectory(prefix="emojify-pg-") as folder:
        server = PostgresServer(binaries, Path(folder))
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.end()


class PostgresServer:
    """A server with its files in its own folder `home`. It listens on no port."""

    def __init__(self, binaries: Path, home: Path) -> None:
        self._binaries, self._home = binaries, home
        self._data = home / "data"
        self._prefix: list[str] = []
        if shutil.which("setpriv"):  # on Linux: it ends with the test process, however that ends
            self._prefix = ["setpriv", "--pdeathsig=QUIT"]
        if os.geteuid() == 0:  # in some containers; PostgreSQL refuses to run as root
            nobody = pwd.getpwnam("nobody")
            os.chown(home, nobody.pw_uid, nobody.pw_gid)
            self._prefix += [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}"]
            self._prefix += ["--clear-groups"]
        command = [*self._prefix, str(binaries / "postgres"), "-D", str(self._data)]
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(home),
            "fsync": "off",  # tests kill clients, not the machine
            "max_connections": "60",
        }
        command += [f"--{name}={value}" for name, value in settings.items()]
        self._process = Process(command, clean_environ(), home / "log")

    def create(self) -> None:
        """Create an empty cluster with one user and no password."""
        command = [*self._prefix, str(self._binaries / "initdb"), f"--pgdata={self._data}"]
        command += [f"--username={USER}", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        subprocess.run([*command, "--no-sync"], check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._process.start()
        eventually(self._answers, within=20, what="the PostgreSQL server answers")

    def stop(self) -> None:
        """Stop the server in order, even if clients are connected."""
        self._process.signal(signal.SIGINT)
        self._process.wait(within=10)

    def end(self) -> None:
        """Stop the server for good, without writing its data to the disk."""
        if self._process.running:
            self._process.signal(signal.SIGQUIT)
            self._process.wait(within=10)

    def execute(self, statement: str) -> None:
        """Run one statement as the administrator."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def dsn(self, database: str) -> str:
        """Return the name of a database for libpq."""
        return f"host={self._home} user={USER} dbname={database}"

    def url(self, database: str) -> str:
        """Return the URL of a database for EMOJIFY_DATABASE_URL."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self._home), safe='')}"

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True
