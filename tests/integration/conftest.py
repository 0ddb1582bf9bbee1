"""A real Redis and a real worker with the shipped model, shared by all tests of this folder."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from emojify_core.ids import IdSigner
from emojify_core.prediction_queue import PredictionQueue
from emojify_core.settings import Settings
from support.homes import fresh_home
from support.installation import queue_of, settings_of, signer_of, until_worker
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
