"""The account, registry and machine that these tests share, and the tests' order."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from aws.cloud import REPOSITORY, Cloud
from aws.machine import Machine
from aws.registry import Registry
from containers.installation import PARTS
from support.file_order import order_files

ORDER = ("files", "store", "scripts", "push", "stack", "policy", "host", "release", "down")
IMAGES = ["web", "predict", "train", "flower", "redis", "postgres", "proxy", "host"]
FIRST = "first"  # a tag
TIMEOUT = 3000  # seconds; images may have to be built, and a machine set up


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark and order this folder's tests."""
    marks = (pytest.mark.aws, pytest.mark.timeout(TIMEOUT))
    order_files(items, Path(__file__).parent, ORDER, *marks)


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Return an empty registry."""
    registry = Registry(f"emojify-aws-registry-{os.getpid()}", tmp_path_factory.mktemp("registry"))
    try:
        registry.wait()
        yield registry
    finally:
        registry.remove()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Iterator[Cloud]:
    """Return an empty account whose ECR is the registry."""
    cloud = Cloud(tmp_path_factory.mktemp("cloud"), registry.gateway, registry.address)
    cloud.start()
    yield cloud
    cloud.end()


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of a release's files, to be changed."""
    folder = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        source, copy = REPOSITORY / part, folder / part
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy)
    return folder


def push(cloud: Cloud, registry: Registry, tag: str, folder: Path = REPOSITORY) -> str:
    """Push a release as a user does; return it."""
    release = cloud.script("push", "--tag", tag, folder=folder).out
    registry.tell_ecr(cloud, tag, IMAGES)
    return release


@pytest.fixture(scope="session")
def pushed(cloud: Cloud, registry: Registry) -> str:
    """Return the first release in the registry."""
    return push(cloud, registry, FIRST)


@pytest.fixture(scope="session")
def deployed(cloud: Cloud, pushed: str) -> str:
    """Return the output of `up` for a new stack."""
    assert pushed
    return cloud.script("up", "--tag", FIRST, "--image", "ami-12c6146b").out


@pytest.fixture(scope="session")
def machine(
    cloud: Cloud, registry: Registry, deployed: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """Return the stack's host, set up by its user data."""
    assert deployed
    folder = tmp_path_factory.mktemp("machine")
    machine = Machine(f"emojify-aws-machine-{os.getpid()}", folder, cloud, registry)
    try:
        machine.boot()
        machine.until_set_up()
        yield machine
    finally:
        machine.remove()
