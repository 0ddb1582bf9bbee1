"""The one stack these tests share, and their order: who destroys something comes last."""

import shutil
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from containers.corrector import Corrector
from containers.installation import Installation
from containers.story import story_of
from support.file_order import order_files

ORDER = (
    *("files", "images", "use", "confinement", "secrets", "proxy"),
    *("interruption", "faults", "update", "backup"),
)
BUILT_WITHIN = 1200  # seconds; TensorFlow is large, and lines may be slow
TIMEOUT = BUILT_WITHIN + 300
INSTALLATION = pytest.StashKey[Installation]()  # for the story of a failure, also of the set-up


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of this folder's tests, and order them."""
    marks = (pytest.mark.containers, pytest.mark.timeout(TIMEOUT))
    order_files(items, Path(__file__).parent, ORDER, *marks)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failure what the stack says of itself: it may not come again."""
    report = yield
    installation = item.config.stash.get(INSTALLATION, None)
    if report.failed and installation:
        report.sections.append(("the stack", story_of(installation)))
    return report


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Installation]:
    """Return an installation whose images are built, and which was not started."""
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
    """Return how long `make up` took, with the images built."""
    started = time.monotonic()
    built.run(["make", "up"])
    return time.monotonic() - started


@pytest.fixture(scope="session")
def stack(built: Installation, start_seconds: float) -> Installation:
    """Return the stack, healthy, with three prediction workers."""
    assert start_seconds
    built.run(["make", "scale", "N=3"])
    built.set(EMOJIFY_WORKERS=3)
    return built


@pytest.fixture
def corrector(stack: Installation) -> Iterator[Corrector]:
    """Return somebody who has not said anything yet."""
    with Corrector(stack.url) as corrector:
        yield corrector
