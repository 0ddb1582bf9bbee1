"""The tasks a prediction worker runs."""

from typing import Any

from celery import Celery

from emojify_core.messages import PredictReply, PredictRequest, Task
from worker.model import ModelHolder


def register_tasks(app: Celery, model: ModelHolder) -> None:
    """Give the app its tasks, bound to the model they use."""

    @app.task(name=Task.PREDICT)
    def predict(payload: dict[str, Any]) -> dict[str, Any]:
        request = PredictRequest.from_payload(payload)
        answers = model.answer(request.texts)
        return PredictReply(answers, request.single, model.version).to_payload()
