"""A real Redis and a real worker with the shipped model, shared by all tests of this folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage, open_storage, prepare_storage
from support.homes import fresh_home
from support.installation import queue_of, settings_of, signer_of, until_worker
from support.model_files import put_files
from support.stack import Stack
from web.app import create_app


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Run Redis and a worker as processes, without a web process: that one is the test itself."""
    with fresh_home() as home, Stack(home) as stack:
        stack.start("redis", "worker")
        shared = settings_of(stack.environ)
        until_worker(shared)
        yield shared


@pytest.fixture
def queue(settings: Settings) -> Iterator[PredictionQueue]:
    """Give the client's side of the queue; at its other end is the shared worker."""
    with queue_of(settings) as queue:
        yield queue


@pytest.fixture(scope="session")
def signer(settings: Settings) -> IdSigner:
    """Return what signs this installation's ids."""
    return signer_of(settings)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """Return the web's app, connected to the shared Redis."""
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client that speaks to the app without a socket."""
    return app.test_client()


@pytest.fixture(scope="module")
def apart() -> Iterator[Settings]:
    """Give an installation of its own with nothing but a database: no process, no Redis.

    Its first model is none, so that a test may publish what it likes.
    """
    with fresh_home() as home:
        settings = settings_of({"EMOJIFY_HOME": str(home)})
        storage = open_storage(settings)
        prepare_storage(storage)
        put_files(storage, "a" * 64)
        storage.versions.ensure_base("a" * 64, {"macro_f1": 0.6})
        storage.engine.dispose()
        yield settings


@pytest.fixture
def storage(apart: Settings) -> Iterator[Storage]:
    """Give the storage of the installation apart."""
    storage = open_storage(apart)
    yield storage
    storage.engine.dispose()


@pytest.fixture(scope="module")
def serve(apart: Settings) -> Iterator[Callable[..., Flask]]:
    """Give a function that returns the app of the installation apart, with other settings."""
    apps: dict[str, Flask] = {}
    with ExitStack() as opened:

        def make(**changes: Any) -> Flask:
            if repr(changes) not in apps:
                apps[repr(changes)] = app = create_app(replace(apart, **changes))
                opened.callback(app.extensions["emojify-storage"].engine.dispose)
            return apps[repr(changes)]

        yield make


@pytest.fixture
def visitor(serve: Callable[..., Flask]) -> FlaskClient:
    """Return a new visitor of the installation apart."""
    return serve().test_client()


@pytest.fixture
def administrator(apart: Settings) -> dict[str, str]:
    """Return the header that the administrator's calls carry."""
    return {"Authorization": f"Bearer {apart.secret('admin_token', apart.admin_token)}"}
