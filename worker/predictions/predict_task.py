"""The Celery task that answers predictions, alone and in groups."""

import time
from typing import Any

import structlog
from celery import Celery
from celery import Task as CeleryTask

from emojify_core.messages import PredictRequest, Task
from emojify_core.queue.grouping.message import GroupRequest
from worker.batches.step_size import StepSizer
from worker.models.live_model import LiveModel
from worker.predictions.group_answers import answer_group, answer_requests
from worker.predictions.group_delivery import GroupDelivery
from worker.process.presence_reporter import PresenceReporter

log = structlog.get_logger(__name__)


def register_predict_task(
    app: Celery,
    model: LiveModel,
    reporter: PresenceReporter,
    step_sizer: StepSizer,
    delivery: GroupDelivery,
) -> None:
    """Register the prediction task; it tells the step sizer of batches about each prediction."""

    @app.task(name=Task.PREDICT, bind=True)
    def predict(self: CeleryTask, payload: dict[str, Any]) -> dict[str, Any] | None:
        started = time.perf_counter()
        step_sizer.record_prediction()
        if group := GroupRequest.from_payload(payload):
            self.request.ignore_result = True  # each member has its own
            if (self.request.delivery_info or {}).get("redelivered"):
                # It may have killed its worker. Alone, only the guilty one does so again.
                log.warning("a group came back; taking it apart", requests=len(group.members))
                group = delivery.take_apart(group)
            model.refresh_unless_failing()
            results = answer_group(model, group)
            record(started, group.request_ids, len(group.texts))
            delivery.store(results)
            return None
        request = PredictRequest.from_payload(payload)
        model.refresh_unless_failing()
        (reply,) = answer_requests(model, (request,))
        record(started, request.request_id, len(request.texts))
        return reply.to_payload()

    def record(started: float, request_ids: str, texts: int) -> None:
        seconds = time.perf_counter() - started
        reporter.record_task(seconds)
        log.info(
            "predicted",
            texts=texts,
            ms=round(seconds * 1000, 1),
            model_version=model.version,
            request_id=request_ids,
        )
