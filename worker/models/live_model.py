"""The model a worker process holds: the live one, replaced while it serves."""

import threading
from collections.abc import Sequence
from typing import NamedTuple

import structlog

from emojify_core.errors import EmojifyError
from emojify_core.messages import Answer, Influence
from emojify_core.ml.inference.answers import answer_texts, explain_text
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.live_pointer import read_pointer
from worker.models.loader import load_predictor

log = structlog.get_logger(__name__)

NOT_KNOWN = 0  # the number of the shipped model while the storage cannot tell it


class _Serving(NamedTuple):
    version: int
    predictor: Predictor


class LiveModel:
    """One predictor and its version, always replaced together. Safe to share between threads."""

    def __init__(self, storage: Storage, *, threads: int = 1) -> None:
        self._storage, self._threads = storage, threads
        self._serving: _Serving | None = None
        self._loading = threading.Lock()
        self.problem = ""  # why the live version may be another one, for people

    @property
    def version(self) -> int:
        """The version that answers now; 0 for a shipped model whose number is not known."""
        return self._serving.version if self._serving else NOT_KNOWN

    def load(self) -> None:
        """Load the live model; where it cannot be found or read, the shipped one for the time.

        Raises ModelError when the shipped one is damaged too.
        """
        self.refresh()
        if self._serving is None:
            shipped = Predictor.load(SHIPPED, threads=self._threads)
            self._serving = _Serving(NOT_KNOWN, _warmed(shipped, NOT_KNOWN))

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
                log.warning("the live model cannot be loaded; serving on", reason=str(e))
            self.problem = str(e)
        except Exception as e:  # whatever it is, the model in memory still answers
            log.exception("the live model cannot be loaded; serving on")
            self.problem = f"The live model cannot be loaded ({type(e).__name__})."
        else:
            self.problem = ""

    def answer(self, texts: Sequence[str]) -> tuple[tuple[Answer, ...], int]:
        """Answer each text in order, with one version; one that has no answer gets its error."""
        version, predictor = self._in_service()
        return answer_texts(predictor, texts), version

    def explain(self, text: str) -> tuple[Answer, int, tuple[Influence, ...]]:
        """Answer one text and say which of its words speak for it, with one version."""
        version, predictor = self._in_service()
        answer, influences = explain_text(predictor, text)
        return answer, version, influences

    @property
    def predictor(self) -> Predictor | None:
        """The one in service; None before the first load."""
        serving = self._serving
        return serving.predictor if serving else None

    def _in_service(self) -> _Serving:
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
            # Versions only grow: whoever read the pointer earlier must not turn it back.
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
