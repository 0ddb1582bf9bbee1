"""How long one thread of a process may keep the others waiting."""

import sys

EVERY = 0.0005  # seconds; Python's default is ten times as long


def switch_often() -> None:
    """Let threads take shorter turns, in servers where one computes while somebody waits.

    A thread that writes a large file keeps each step of the others waiting for a turn: the web's
    answers while results are fetched, and a worker's predictions while a batch's are stored.
    """
    sys.setswitchinterval(EVERY)
