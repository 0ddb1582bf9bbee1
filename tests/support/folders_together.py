"""How tests are shared out: those of one stack or server stay in one process."""

from xdist.scheduler import LoadScopeScheduling

# Each of these folders shares something dear: a stack, a server, TensorFlow. Those that take
# longest come first, or one process would be left alone with them at the end.
TOGETHER = (
    "tests/e2e",
    "tests/unit/emojify_core/ml",
    "tests/integration/emojify_core/storage",
    "tests/integration",
    "tests/chaos",
    "tests/unit/worker/training",
)


def place_of(nodeid: str) -> int:
    """Return the place of a test's folder in TOGETHER; the number of those for any other test."""
    within = [nodeid.startswith(folder + "/") for folder in TOGETHER]
    return (*within, True).index(True)


class FoldersTogether(LoadScopeScheduling):
    """Gives a folder of TOGETHER to one process, any other test by itself.

    xdist's marks for this (`--dist loadgroup`) do nothing with pytest 9.2, and say nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        place = place_of(nodeid)
        return TOGETHER[place] if place < len(TOGETHER) else nodeid
