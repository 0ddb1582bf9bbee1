"""Runs updates in the training process; TensorFlow, base and held-out rows stay in memory."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from emojify_core.errors import EmojifyError
from emojify_core.labels import LABELS
from emojify_core.limits import LEARNING_SECONDS
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.settings import Settings
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.records import Version
from worker.models.loader import model_folder
from worker.models.shipped_model import prepare_installation

if TYPE_CHECKING:
    from emojify_core.ml.correction_learning.update import Update, Updater

log = structlog.get_logger(__name__)

CANDIDATES = "candidate-"  # prefix of temporary folders in the home, one for each update

OnStep = Callable[[str], None]


class UpdateRunner:
    """Fine-tunes a copy of a model version on corrections."""

    def __init__(self, settings: Settings, storage: Storage) -> None:
        self._home, self._psychexp, self._storage = settings.home, settings.psychexp, storage
        self._loading = threading.Lock()
        self._updater: Updater | None = None
        self._base = 0  # version number of the updater's base
        self.problem = ""  # why updates fail now, for people

    def warm_up(self) -> None:
        """Import TensorFlow, and load the base and the held-out rows; some 12 s the first time.

        Raises StorageError, ModelError, DataError or OSError when one of them cannot be loaded.
        """
        if self._updater is None:
            prepare_installation(self._storage)  # the worker's attempt may have failed
            self._updater_for(self._storage.versions.live().version)

    def _updater_for(self, start: Version) -> "Updater":
        """Return the updater for the base that `start` descends from."""
        with self._loading:
            base = self._storage.versions.base_of(start.version)
            if self._updater is None or self._base != base.version:
                try:
                    self._updater, self._base = self._make_updater(base), base.version
                except (EmojifyError, OSError) as e:
                    self.problem = str(e)
                    raise
                self.problem = ""
            return self._updater

    def _make_updater(self, base: Version) -> "Updater":
        started = time.perf_counter()
        from emojify_core.ml.correction_learning.update_data import find_update_data  # noqa: PLC0415
        from emojify_core.ml.data.psychexp import find_psychexp  # noqa: PLC0415 - numpy

        data = find_update_data(find_psychexp(self._psychexp, self._home))
        from emojify_core.ml.correction_learning.update import Updater  # noqa: PLC0415 - TensorFlow, some seconds

        updater = Updater(model_folder(self._storage, base.sha256), data)
        seconds = round(time.perf_counter() - started, 1)
        log.info("ready to learn", judged_on=data.name, seconds=seconds)
        return updater

    def confident_labels(self, live: Version, texts: Sequence[str]) -> list[frozenset[int]]:
        """Return for each text the labels of which the live model or its base is sure.

        Raises StorageError, ModelError, DataError or OSError.
        """
        updater = self._updater_for(live)
        return updater.confident_labels(model_folder(self._storage, live.sha256), texts)

    @contextmanager
    def run(
        self,
        start: Version,
        corrections: Sequence[Correction],
        earlier: Sequence[Correction],
        on_step: OnStep,
        seconds: float = LEARNING_SECONDS,
    ) -> "Iterator[tuple[Update, Path]]":
        """Give the update of a copy of `start`, and the new model's folder within the block.

        The folder exists only if `Update.manifest` is not None. `earlier` are the corrections that
        `start` has learned; `seconds` is of processor time, as in Updater.update. Raises
        StorageError, ModelError, DataError or OSError.
        """
        updater = self._updater_for(start)
        source = model_folder(self._storage, start.sha256)
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=CANDIDATES, dir=self._home) as folder:
            out = Path(folder) / "model"
            update = updater.update(
                source,
                _labelled(corrections),
                _labelled(earlier),
                out,
                cause={"version": start.version},
                on_step=on_step,
                seconds=seconds,
            )
            yield update, out


def _labelled(corrections: Sequence[Correction]) -> list[LabelledText]:
    return [LabelledText(one.id, one.text, LABELS.index(one.label)) for one in corrections]
