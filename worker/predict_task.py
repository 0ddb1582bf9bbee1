"""The Celery task that answers predictions."""

import time
from typing import Any

import structlog
from celery import Celery

from emojify_core.messages import PredictReply, PredictRequest, Task, text_digest
from worker.batches.step_size import StepSizer
from worker.models.live_model import LiveModel
from worker.process.presence_reporter import PresenceReporter

log = structlog.get_logger(__name__)


def register_predict_task(
    app: Celery, model: LiveModel, reporter: PresenceReporter, step_sizer: StepSizer
) -> None:
    """Register the prediction task; it tells the step sizer of batches about each prediction."""

    @app.task(name=Task.PREDICT)
    def predict(payload: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        step_sizer.record_prediction()
        request = PredictRequest.from_payload(payload)
        model.refresh_unless_failing()
        influences = None
        if not request.explain:
            answers, version = model.answer(request.texts)
        else:
            (text,) = request.texts
            answer, version, influences = model.explain(text)
            answers = (answer,)
        seconds = time.perf_counter() - started
        reporter.record_task(seconds)
        log.info(
            "predicted",
            texts=len(answers),
            ms=round(seconds * 1000, 1),
            model_version=version,
            request_id=request.request_id,
        )
        digests = tuple(text_digest(text) for text in request.texts)
        return PredictReply(
            answers, request.single, version, digests, influences, round(seconds * 1000, 1)
        ).to_payload()
