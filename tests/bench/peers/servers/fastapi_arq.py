"""FastAPI with arq, whose delays of polling are as short as those of a server that waits."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from arq import create_pool
from arq.connections import RedisSettings
from fastapi import FastAPI
from model import Model

REDIS = RedisSettings.from_dsn(os.environ["REDIS_URL"])
POLL = 0.005  # seconds; with arq's default of 0.5 every answer would take so long


async def startup(context: dict[str, Any]) -> None:
    """Load the model when the worker starts."""
    context["model"] = Model()


async def answer(context: dict[str, Any], texts: list[str]) -> list[dict[str, Any]]:
    """Answer in the worker."""
    return context["model"](texts)


class Worker:
    """What `arq` reads."""

    functions = (answer,)
    on_startup = startup
    redis_settings = REDIS
    poll_delay = POLL


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connect to Redis."""
    app.state.pool = await create_pool(REDIS)
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/predict")
async def predict(body: dict[str, list[str]]) -> dict[str, Any]:
    """Wait for the worker."""
    job = await app.state.pool.enqueue_job("answer", body["texts"])
    return {"results": await job.result(timeout=20, poll_delay=POLL)}
