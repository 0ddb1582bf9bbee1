"""A real Redis and a real worker with the shipped model, shared by all integration tests."""

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
    """Run Redis and a worker as processes. The test process itself is the web."""
    with fresh_home() as home, Stack(home) as stack:
        stack.start("redis", "worker")
        shared = settings_of(stack.environ)
        until_worker(shared)
        yield shared


@pytest.fixture
def queue(settings: Settings) -> Iterator[PredictionQueue]:
    """Give the client's side of the queue that the shared worker reads."""
    with queue_of(settings) as queue:
        yield queue


@pytest.fixture(scope="session")
def signer(settings: Settings) -> IdSigner:
    """Return the signer of this installation's prediction ids."""
    return signer_of(settings)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """Return a web app that is connected to the shared Redis."""
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client that calls the app without a socket."""
    return app.test_client()


@pytest.fixture(scope="module")
def apart() -> Iterator[Settings]:
    """Give a separate installation with a database only: no processes, no Redis.

    Its first model is a placeholder, so that a test may publish any other.
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
    """Give the storage of the separate installation."""
    storage = open_storage(apart)
    yield storage
    storage.engine.dispose()


@pytest.fixture(scope="module")
def serve(apart: Settings) -> Iterator[Callable[..., Flask]]:
    """Give a function that returns the separate installation's app with changed settings."""
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
    """Return a new visitor of the separate installation."""
    return serve().test_client()


@pytest.fixture
def administrator(apart: Settings) -> dict[str, str]:
    """Return the header of the administrator's calls."""
    return {"Authorization": f"Bearer {apart.secret('admin_token', apart.admin_token)}"}
