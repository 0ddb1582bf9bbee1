"""Checks before the local run starts: one run for each folder, and free ports."""

import fcntl
import os
import socket
from pathlib import Path

from emojify_core.errors import EmojifyError


class CannotStartError(EmojifyError):
    """The local run cannot start; the sentence says why and what to do."""


def lock_home(home: Path) -> int:
    """Lock the home for this run; return the lock's file descriptor, which must stay open.

    Child processes inherit it, so that a process left by a killed run keeps the folder locked.
    Raises CannotStartError, which names the holder.
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
            "choose another folder: EMOJIFY_HOME=/some/other/folder. If it was killed, its child "
            f"processes may still run; this ends them: fuser -k {path}"
        ) from e
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def require_free_port(bind: str, port: int, variable: str) -> None:
    """Raise CannotStartError, which names `variable`, if a program listens on this port."""
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
