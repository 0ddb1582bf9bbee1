"""What is checked before anything starts: one run a folder, and free ports."""

import fcntl
import os
import socket
from pathlib import Path

from emojify_core.errors import EmojifyError


class CannotStartError(EmojifyError):
    """Something is in the way; the sentence says what and how to move it."""

    code = "cannot_start"


def lock_home(home: Path) -> int:
    """Take the home for this run and return the lock's descriptor, to be held while it lasts.

    Children inherit it, so that a process left over from a killed run keeps the folder locked.
    Raises CannotStartError, naming the holder.
    """
    path = home / "run" / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as e:
        raise CannotStartError(
            f"The folder {home} cannot be used ({e.strerror}). Choose one that you may write to: "
            "EMOJIFY_HOME=/some/other/folder"
        ) from e
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as e:
        holder = os.read(descriptor, 100).decode() or "unknown"
        os.close(descriptor)
        raise CannotStartError(
            f"Emojify is already running in {home} (process {holder}). Stop that one first, or "
            "choose another folder: EMOJIFY_HOME=/some/other/folder. If it was killed, what it "
            f"had started lives on, and ends with: fuser -k {path}"
        ) from e
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def require_free_port(bind: str, port: int, variable: str) -> None:
    """Raise CannotStartError if something listens there, naming the variable that moves us."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as e:
            raise CannotStartError(
                f"Port {port} on {bind} cannot be used ({e.strerror}): another program may listen "
                f"there. Stop it, or choose another port: {variable}={port + 1} make run"
            ) from e
