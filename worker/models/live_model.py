"""The live model in a worker process, replaced while it serves predictions."""

import threading
from collections.abc import Sequence
from typing import NamedTuple

import structlog

from emojify_core.answer import Answer
from emojify_core.errors import EmojifyError
from emojify_core.limits import MAX_REQUEST_TOKENS
from emojify_core.messages import Influence, PredictRequest
from emojify_core.ml.inference.answers import answer_texts, explain_text
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.live_pointer import read_pointer
from worker.models.loader import load_predictor

log = structlog.get_logger(__name__)

UNKNOWN_VERSION = 0  # of the shipped model, while the database is down


class Answered(NamedTuple):
    """The answers to a request's texts and, if it asked, what speaks for the one text's."""

    answers: tuple[Answer, ...]
    influences: tuple[Influence, ...] | None = None


class _Serving(NamedTuple):
    version: int
    predictor: Predictor


class LiveModel:
    """A predictor and its version, always replaced together. Safe to share between threads."""

    def __init__(self, storage: Storage, *, threads: int = 1) -> None:
        self._storage, self._threads = storage, threads
        self._serving: _Serving | None = None
        self._loading = threading.Lock()
        self.problem = ""  # why this may not be the live version, for people

    @property
    def version(self) -> int:
        """The version that answers now; UNKNOWN_VERSION for a shipped model without database."""
        return self._serving.version if self._serving else UNKNOWN_VERSION

    def load(self) -> None:
        """Load the live model, or the shipped one if the live one cannot be loaded.

        Raises ModelError when the shipped one is damaged, too.
        """
        self.refresh()
        if self._serving is None:
            shipped = Predictor.load(SHIPPED, threads=self._threads)
            self._serving = _Serving(UNKNOWN_VERSION, _warmed(shipped, UNKNOWN_VERSION))

    def refresh_unless_failing(self) -> None:
        """Switch to the live version, unless the last attempt failed.

        A prediction must not wait for a storage that is down; `refresh` retries in the background.
        """
        if not self.problem:
            self.refresh()

    def refresh(self) -> None:
        """Switch to the live version; if that fails, keep serving the present one."""
        try:
            self._follow_pointer()
        except EmojifyError as e:
            if str(e) != self.problem:
                log.warning("cannot load the live model; keeping the present one", reason=str(e))
            self.problem = str(e)
        except Exception as e:  # the model in memory still answers
            log.exception("cannot load the live model; keeping the present one")
            self.problem = f"The live model cannot be loaded ({type(e).__name__})."
        else:
            self.problem = ""

    def answer(self, requests: Sequence[PredictRequest]) -> tuple[list[Answered], int]:
        """Answer requests that travel together, all with one version; give that version, too.

        An invalid text gets an error. All texts are read in one run; each one to explain has runs
        of its own.
        """
        version, predictor = self._loaded()
        texts = [text for each in requests if not each.explain for text in each.texts]
        plain = answer_texts(predictor, texts, max_words=MAX_REQUEST_TOKENS) if texts else ()
        answers = iter(plain)
        replies = []
        for each in requests:
            if each.explain:
                (text,) = each.texts
                answer, influences = explain_text(predictor, text)
                replies.append(Answered((answer,), influences))
            else:
                replies.append(Answered(tuple(next(answers) for _ in each.texts)))
        return replies, version

    @property
    def predictor(self) -> Predictor | None:
        """The predictor that answers now; None before the first load."""
        serving = self._serving
        return serving.predictor if serving else None

    def _loaded(self) -> _Serving:
        if self._serving is None:
            self.load()
        assert self._serving is not None  # noqa: S101  (for the type checker)
        return self._serving

    def _follow_pointer(self) -> None:
        live = read_pointer(self._storage.engine)
        if self._serving and self._serving.version == live.version:
            return
        with self._loading:
            serving = self._serving
            # Version numbers only grow: a thread with an older one must not switch back.
            if serving and serving.version >= live.version:
                return
            if serving and serving.predictor.sha256 == live.sha256:
                self._serving = _Serving(live.version, serving.predictor)
                return
            new = load_predictor(
                self._storage, live.sha256, threads=self._threads, like=self.predictor
            )
            self._serving = _Serving(live.version, _warmed(new, live.version))


def _warmed(predictor: Predictor, version: int) -> Predictor:
    predictor.warm()
    log.info("model ready", version=version, sha256=predictor.sha256[:12])
    return predictor
