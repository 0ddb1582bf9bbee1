"""Starts a program, and ends it with one sentence instead of a traceback."""

import sys
from collections.abc import Callable

from emojify_core.errors import EmojifyError


def start(main: Callable[[], None]) -> None:
    """Run `main`; an EmojifyError ends the process with status 1 and its sentence on stderr."""
    try:
        main()
    except EmojifyError as e:
        sys.exit(f"emojify: {e}")
