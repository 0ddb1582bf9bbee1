"""Data folders for tests, with paths short enough for a socket, and their processes."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROC = Path("/proc")


@contextmanager
def fresh_home() -> Iterator[Path]:
    """Give an empty folder with a short path; pytest's own paths are too long for a unix socket.

    Its parent folder holds logs. Both are deleted afterwards.
    """
    folder = Path(tempfile.mkdtemp(prefix="emojify-"))
    try:
        home = folder / "home"
        home.mkdir(mode=0o700)
        yield home
    finally:
        shutil.rmtree(folder)


def processes_of(home: Path) -> list[int]:
    """Return the running processes of this home, except this one.

    EMOJIFY_HOME identifies them. The Redis server overwrites its environment with its title; its
    working folder, or the socket in the title, identifies it.
    """
    found = _from_proc(home) if PROC.is_dir() else _from_ps(home)
    return sorted(found - {os.getpid()})


def _from_proc(home: Path) -> set[int]:
    found = set()
    for folder in PROC.glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
            working = (folder / "cwd").readlink()
        except OSError:  # it ended, or belongs to another user
            continue
        if f"EMOJIFY_HOME={home}".encode() in variables or working.is_relative_to(home):
            found.add(int(folder.name))
    return found


def _from_ps(home: Path) -> set[int]:
    command = ["ps", "-A", "-E", "-ww", "-o", "pid=,command="]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    marks = {f"EMOJIFY_HOME={home}", f"unixsocket:{home}/run/valkey.sock"}
    return {int(line.split()[0]) for line in lines if marks & set(line.split())}


def command_line(pid: int) -> str:
    """Return a process's command line, which every user of the machine can read."""
    command = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    if PROC.is_dir():
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
