"""FastAPI with Celery: the task as its documentation shows it; the request waits for the result."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from fastapi import FastAPI
from model import Model

REDIS = os.environ["REDIS_URL"]
celery = Celery("fastapi_celery", broker=REDIS, backend=REDIS)
app = FastAPI()
loaded: list[Model] = []  # in a process of the worker


@worker_process_init.connect
def load(**_: object) -> None:
    """Load the model once per process of the worker."""
    loaded.append(Model())


@celery.task(name="predict")
def answer(texts: list[str]) -> list[dict[str, Any]]:
    """Answer in the worker."""
    return loaded[0](texts)


@app.post("/predict")
def predict(body: dict[str, list[str]]) -> dict[str, Any]:
    """Wait for the worker in a thread of FastAPI's pool."""
    return {"results": answer.delay(body["texts"]).get(timeout=20)}
