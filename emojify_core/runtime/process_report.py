"""What the supervisor of the local run tells the web process: restarts, and what it does without.

Containers have their engine for that, and no such file.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

REPORT = Path("run") / "processes.json"  # in the home


@dataclass(frozen=True, slots=True)
class ProcessState:
    """One process of the local run."""

    name: str
    restarts: int  # since the run began
    degraded: bool  # it exited again and again; the run goes on without it


def write_states(home: Path, states: list[ProcessState]) -> None:
    """Replace the report at once, so that nobody reads half of it."""
    path = home / REPORT
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_suffix(".new")
    new.write_text(json.dumps([asdict(state) for state in states]), encoding="ascii")
    new.replace(path)


def read_states(home: Path) -> list[ProcessState]:
    """Return the report; empty without a supervisor."""
    try:
        return [ProcessState(**state) for state in json.loads((home / REPORT).read_bytes())]
    except (OSError, ValueError, TypeError):
        return []
