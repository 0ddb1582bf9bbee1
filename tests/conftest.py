"""Fixtures for all tests."""

import os
import signal
from pathlib import Path

import hypothesis
import pytest

from support.folders_together import FoldersTogether, place_of

# An example's time depends on what else the machine does; hangs end at pytest's own limit.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


def pytest_configure() -> None:
    """Let Ctrl-C end what the tests start: a shell's background job inherits that it is ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders that take longest."""
    items.sort(key=lambda item: place_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FoldersTogether:
    """Share the tests out among processes so that dear fixtures are made once."""
    return FoldersTogether(config, log)


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
