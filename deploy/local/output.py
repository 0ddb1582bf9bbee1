"""The output of the local run: lines for people, or JSON for machines."""

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime

Log = Callable[[str, str], None]  # process name, line


def make_log(*, as_json: bool) -> Log:
    """Return what prints one line of a process's output; a closed terminal ends nothing."""
    render = json_line if as_json else plain_line

    def log(name: str, line: str) -> None:
        with contextlib.suppress(OSError):
            print(render(name, line), flush=True)  # noqa: T201

    return log


def plain_line(name: str, line: str) -> str:
    """Return a line with the time and the process's name."""
    return f"{datetime.now().astimezone():%H:%M:%S} {name:<6} | {line}"


def json_line(name: str, line: str) -> str:
    """Return a JSON object that names the process; a line that is none becomes its `event`."""
    try:
        event = json.loads(line)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        event = {"event": line, "level": "info", "timestamp": datetime.now(UTC).isoformat()}
    return json.dumps(event | {"process": name}, ensure_ascii=False)
