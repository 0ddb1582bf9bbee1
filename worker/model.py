"""The model a worker process holds: loaded and warmed once, before the first task is taken."""

import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from emojify_core.messages import Answer
from emojify_core.ml.predictor import Predictor
from emojify_core.texts import check_text

log = structlog.get_logger(__name__)

SHIPPED_VERSION = 1


class ModelHolder:
    """One predictor and the version number it answers with."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._folder, self._threads = folder, threads
        self._predictor: Predictor | None = None
        self.version = SHIPPED_VERSION

    def load(self) -> None:
        """Read, verify and warm the model. Raises ModelError when its files are damaged."""
        started = time.perf_counter()
        predictor = Predictor.load(self._folder, threads=self._threads)
        predictor.warm()
        self._predictor = predictor
        log.info(
            "model ready",
            version=self.version,
            sha256=predictor.sha256[:12],
            ms=round((time.perf_counter() - started) * 1000),
        )

    def answer(self, texts: Sequence[str]) -> tuple[Answer, ...]:
        """Answer each text in order; one that cannot be answered gets its own error."""
        if self._predictor is None:
            self.load()
        assert self._predictor is not None  # noqa: S101  (for the type checker)
        problems = [check_text(text) for text in texts]
        prediction = self._predictor.predict(
            [text for text, problem in zip(texts, problems, strict=True) if not problem]
        )
        # Four decimals: 0.01 % is finer than the calibration, and half the bytes.
        rows = zip(
            prediction.probabilities.astype(float).round(4).tolist(),
            prediction.confident.tolist(),
            strict=True,
        )
        return tuple(
            Answer(error=(problem.code, problem.message)) if problem else _answer(*next(rows))
            for problem in problems
        )


def _answer(probabilities: list[float], confident: bool) -> Answer:  # noqa: FBT001
    return Answer(tuple(probabilities), confident)
