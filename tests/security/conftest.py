"""Stacks with the shipped settings, for each module to attack, and the mark of all tests here.

They are public: open to everybody behind one trusted proxy, so that a header gives a request its
address (`attacker` in `support/bystander.py`). Stacks for settings of another kind are made in
the test, as here.
"""

from collections.abc import Iterator

import pytest

from support.homes import fresh_home
from support.stack import Stack

PUBLIC = {"EMOJIFY_API_KEYS": "open", "EMOJIFY_TRUSTED_PROXIES": "1"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder."""
    for item in items:
        if "tests/security/" in item.nodeid:
            item.add_marker(pytest.mark.security)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Run Redis, a worker and a web process for the tests of a module."""
    with fresh_home() as home, Stack(home, **PUBLIC) as stack:
        stack.start("redis", "worker", "web")
        stack.until_ready()
        yield stack


@pytest.fixture(scope="module")
def learning_stack() -> Iterator[Stack]:
    """Run the same with a trainer."""
    with fresh_home() as home, Stack(home, **PUBLIC) as stack:
        stack.start("redis", "worker", "web", "train")
        stack.until_ready()
        stack.until_warm()
        yield stack
