"""BentoML with its adaptive batching."""

from typing import Any

import bentoml
from model import Model


@bentoml.service(workers=1, traffic={"timeout": 30})
class Emoji:
    """Answers what waits together in one run."""

    def __init__(self) -> None:
        self.model = Model()

    @bentoml.api(batchable=True, max_batch_size=1024, max_latency_ms=5000, route="/predict")
    def predict(self, texts: list[str]) -> list[dict[str, Any]]:
        """Answer texts."""
        return self.model(texts)
