"""Fixtures for all tests."""

import os
import signal
from pathlib import Path

import hypothesis
import pytest

# An example's time depends on what else the machine does; hangs end at pytest's own limit.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


# Each of these folders shares something dear: a stack, a server, TensorFlow. Run in two processes,
# a folder stays in one of them.
TOGETHER = ("tests/e2e", "tests/integration/storage", "tests/integration", "tests/unit/ml")


def pytest_configure() -> None:
    """Let Ctrl-C end what the tests start: a shell's background job inherits that it is ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what shares its fixtures in one process."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parents[1]).as_posix()
        together = next((one for one in TOGETHER if folder.startswith(one + "/")), None)
        if together:
            item.add_marker(pytest.mark.xdist_group(together))


@pytest.fixture(scope="session")
def psychexp_path() -> Path:
    """Where the real training set is; tests that need it must run in CI."""
    named = os.environ.get("EMOJIFY_PSYCHEXP")
    if named and Path(named).is_file():
        return Path(named)
    reason = (
        f"there is no PsychExp file at EMOJIFY_PSYCHEXP={named}"
        if named
        else "PsychExp is needed: set EMOJIFY_PSYCHEXP to where its raw.pickle is"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
