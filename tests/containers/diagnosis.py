"""The diagnosis of a failed test: the state of the whole stack."""

import json
from collections.abc import Callable

from containers.installation import Installation

VERSIONS = 8  # the newest ones
LINES = 60  # of each service's log, without answered predictions
LOOKED_THROUGH = 5000  # lines of each container's log
WITHIN = 30  # seconds for each question

STATES = "SELECT state, attempts, count(*) FROM corrections GROUP BY 1, 2 ORDER BY 1, 2"


def diagnose(stack: Installation) -> str:
    """Return versions, workers, corrections, containers and logs, or why a part is missing."""
    chapters: dict[str, Callable[[], str]] = {
        "models": lambda: _models(stack),
        "readyz": lambda: stack.http.get("/readyz").text,
        "corrections (state, attempts, how many)": lambda: json.dumps(stack.sql(STATES)),
        "containers": lambda: _compose(stack, "ps", "--all"),
        "log of the workers": lambda: _log(stack, "worker"),
        "log of the trainer": lambda: _log(stack, "trainer"),
    }
    return "\n\n".join(f"{title}:\n{_result_or_reason(tell)}" for title, tell in chapters.items())


def _result_or_reason(tell: Callable[[], str]) -> str:
    """Return a function's result, or the reason why it has none."""
    try:
        return tell().strip()
    except Exception as e:  # noqa: BLE001 - whatever it is, the test's own failure must be told
        return f"{type(e).__name__}: {e}"


def _models(stack: Installation) -> str:
    models = stack.models()
    versions = [
        f"{each['version']} {each['cause']['kind']} {each['created_at']}"
        for each in models["versions"][:VERSIONS]
    ]
    serving = [f"{each['name']} serves {each['model_version']}" for each in models["workers"]]
    return "\n".join([f"live: {models['live']}", *versions, *serving])


def _log(stack: Installation, service: str) -> str:
    """Return the newest lines of all its containers, in the order of time."""
    how = ("--no-color", "--timestamps", f"--tail={LOOKED_THROUGH}")
    listed = _compose(stack, "logs", *how, service)
    lines = [line for line in listed.splitlines() if '"event": "predicted"' not in line]
    return "\n".join(sorted(lines, key=lambda line: line.partition("|")[2])[-LINES:])


def _compose(stack: Installation, *arguments: str) -> str:
    return stack.run(["docker", "compose", *arguments], within=WITHIN)
