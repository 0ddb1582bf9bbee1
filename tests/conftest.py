"""Fixtures for all tests."""

import os
from pathlib import Path

import hypothesis
import pytest

# An example's time depends on what else the machine does; hangs end at pytest's own limit.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def psychexp_path() -> Path:
    """Where the real training set is; tests that need it must run in CI."""
    named = os.environ.get("EMOJIFY_PSYCHEXP")
    beside = Path(__file__).parents[2] / "shared/data/psychexp/raw.pickle"
    path = Path(named) if named else beside
    if path.is_file():
        return path
    reason = f"there is no PsychExp file at {path}; set EMOJIFY_PSYCHEXP to where it is"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
