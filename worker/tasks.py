"""The tasks a prediction worker runs."""

import time
from typing import Any

import structlog
from celery import Celery

from emojify_core.messages import PredictReply, PredictRequest, Task
from worker.model import ModelHolder
from worker.reporting import Reporter

log = structlog.get_logger(__name__)


def register_tasks(app: Celery, model: ModelHolder, reporter: Reporter) -> None:
    """Give the app its tasks, bound to the model they use."""

    @app.task(name=Task.PREDICT)
    def predict(payload: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        request = PredictRequest.from_payload(payload)
        answers = model.answer(request.texts)
        seconds = time.perf_counter() - started
        reporter.count(seconds)
        log.info(
            "predicted",
            texts=len(answers),
            ms=round(seconds * 1000, 1),
            model_version=model.version,
            request_id=request.request_id,
        )
        return PredictReply(answers, request.single, model.version).to_payload()
