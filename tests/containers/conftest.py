"""The one stack that these tests share, and their order: destructive ones last."""

import shutil
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from containers.corrector import Corrector
from containers.diagnosis import diagnose
from containers.installation import Installation
from support.file_order import order_files

ORDER = (
    *("files", "images", "use", "confinement", "secrets", "proxy"),
    *("interruption", "faults", "update", "backup"),
)
BUILT_WITHIN = 1200  # seconds; TensorFlow is large, and the network may be slow
TIMEOUT = BUILT_WITHIN + 300
INSTALLATION = pytest.StashKey[Installation]()  # for the diagnosis of a failure, also of the set-up


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark and order this folder's tests."""
    marks = (pytest.mark.containers, pytest.mark.timeout(TIMEOUT))
    order_files(items, Path(__file__).parent, ORDER, *marks)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the state of the stack to a failure, which may not be reproducible."""
    report = yield
    installation = item.config.stash.get(INSTALLATION, None)
    if report.failed and installation:
        report.sections.append(("the stack", diagnose(installation)))
    return report


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Installation]:
    """Return an installation with built images that has not started."""
    folder = tmp_path_factory.mktemp("installation")
    pytestconfig.stash[INSTALLATION] = installation = Installation(folder)
    try:
        installation.run(["docker", "compose", "build", "--quiet"], within=BUILT_WITHIN)
        yield installation
    finally:
        installation.remove()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def start_seconds(built: Installation) -> float:
    """Return the seconds of `make up` with built images."""
    started = time.monotonic()
    built.run(["make", "up"])
    return time.monotonic() - started


@pytest.fixture(scope="session")
def stack(built: Installation, start_seconds: float) -> Installation:
    """Return the healthy stack with three prediction workers."""
    assert start_seconds
    built.run(["make", "scale", "N=3"])
    built.set(EMOJIFY_WORKERS=3)
    return built


@pytest.fixture
def corrector(stack: Installation) -> Iterator[Corrector]:
    """Return a client that has sent no correction yet."""
    with Corrector(stack.url) as corrector:
        yield corrector
