"""The real prediction worker, except that one text kills it at once, like a flaw of a library."""

import os
import signal
from collections.abc import Sequence
from typing import Any, Final

from emojify_core.messages import PredictRequest
from emojify_core.runtime.entrypoint import start
from worker.__main__ import main
from worker.models.live_model import LiveModel

POISON: Final = "This text kills every worker that reads it."

_answer = LiveModel.answer


def answer_or_die(model: LiveModel, requests: Sequence[PredictRequest]) -> Any:
    """Answer, unless a text is the poison."""
    if any(POISON in request.texts for request in requests):
        os.kill(os.getpid(), signal.SIGKILL)
    return _answer(model, requests)


if __name__ == "__main__":
    LiveModel.answer = answer_or_die  # type: ignore[method-assign]
    start(main)
