"""Waits until the installation is idle: then only the test changes it."""

from containers.installation import Installation
from support.deadlines import eventually

LEARNED_WITHIN = 300  # seconds, for the corrections of all earlier tests
REPORTED_WITHIN = 60

UNSETTLED = (
    "SELECT state, count(*) FROM corrections"
    " WHERE state IN ('received', 'queued', 'training', 'checking') GROUP BY state"
)


def until_nothing_waits(stack: Installation) -> None:
    """Wait until everybody's corrections are decided.

    A client's own may be decided before others, and each learned group moves the live version.
    """
    eventually(
        lambda: not stack.sql(UNSETTLED),
        within=LEARNED_WITHIN,
        what="no correction waits for the trainer",
    )


def until_all_serve(stack: Installation, version: int, *, workers: int = 3) -> None:
    """Wait until this many workers serve the version, and none another."""

    def serve() -> list[int]:
        return [each["model_version"] for each in stack.models()["workers"]]

    eventually(
        lambda: serve() == [version] * workers,
        within=REPORTED_WITHIN,
        what=f"all {workers} workers serve version {version}",
    )
