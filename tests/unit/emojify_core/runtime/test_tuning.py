"""A server lives with few open files."""

import subprocess
import sys

import pytest

CODE = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from web.__main__ import allowed_connections
print(allowed_connections(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "expected"), [(256, 4096, "1000 1192"), (256, 256, "64 256")]
)
def test_open_files_bound_the_connections(soft: int, hard: int, expected: str) -> None:
    """The limit is raised where that is allowed; else fewer clients connect, and a line says so."""
    command = [sys.executable, "-c", CODE.format(soft=soft, hard=hard)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == expected
    assert ("ulimit -n 1192" in done.stdout + done.stderr) is (hard < 1192)
