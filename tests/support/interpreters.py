"""Runs code in a new Python process, which has not imported what pytest has."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.processes import REPOSITORY, clean_environ

PACKAGES = ("emojify_core", "web", "worker", "deploy")


def run_code(code: str, *arguments: str, cwd: Path = REPOSITORY, **variables: str) -> Any:
    """Run code whose last line of output is JSON; return its value."""
    here = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})\n"
    done = subprocess.run(
        [sys.executable, "-B", "-c", here + code, *arguments],
        cwd=cwd,
        env=clean_environ(**variables),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def modules() -> list[str]:
    """Return the names of all modules of the product."""
    found = []
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            parts = path.relative_to(REPOSITORY).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found
