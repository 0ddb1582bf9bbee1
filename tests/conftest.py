"""Fixtures for all tests."""

import os
import signal
from pathlib import Path

import hypothesis
import pytest

from support import hypothesis_profiles  # noqa: F401  (registers the profiles)
from support.xdist_scheduling import FolderScheduling, rank

hypothesis.settings.load_profile("dev")  # `--hypothesis-profile thorough` replaces it


def pytest_configure() -> None:
    """Let Ctrl-C end the processes under test: background jobs of a shell inherit SIG_IGN."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the folders that take longest."""
    items.sort(key=lambda item: rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FolderScheduling:
    """Make each costly fixture in one process only."""
    return FolderScheduling(config, log)


@pytest.fixture(scope="session")
def psychexp_path() -> Path:
    """Return the path of the PsychExp data. Without it: fail in CI, skip elsewhere."""
    path = os.environ.get("EMOJIFY_PSYCHEXP")
    if path and Path(path).is_file():
        return Path(path)
    reason = (
        f"there is no PsychExp file at EMOJIFY_PSYCHEXP={path}"
        if path
        else "PsychExp is needed: set EMOJIFY_PSYCHEXP to the path of its raw.pickle"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
