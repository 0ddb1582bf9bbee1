"""How pytest-xdist shares tests among processes."""

from xdist.scheduler import LoadScopeScheduling

# Tests whose path begins so share one costly fixture: a stack, a server, or TensorFlow. One
# process runs them all, so the fixture is made once. What takes longest starts first.
ONE_PROCESS = (
    "tests/e2e/shared_stack/",
    "tests/unit/emojify_core/ml/",
    "tests/integration/emojify_core/storage/",
    "tests/integration/emojify_core/queue/",
    "tests/integration/",
    "tests/unit/worker/training/",
)
# These tests mostly wait. They start next, beside tests that need the processor.
STARTED_EARLY = ("tests/e2e/own_stack/", "tests/chaos/")


def rank(nodeid: str) -> int:
    """Return the position of a test in the order of starting."""
    order = (*ONE_PROCESS, *STARTED_EARLY)
    return next((at for at, folder in enumerate(order) if nodeid.startswith(folder)), len(order))


def scope(nodeid: str) -> str:
    """Return the unit that one process runs: a whole folder of ONE_PROCESS, or one test file."""
    at = rank(nodeid)
    return ONE_PROCESS[at] if at < len(ONE_PROCESS) else nodeid.partition("::")[0]


class FolderScheduling(LoadScopeScheduling):
    """Gives each scope to one process.

    xdist's own marks for this (`--dist loadgroup`) have no effect with pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)
