"""The teacher of a training process: TensorFlow, the base and the held-out rows, kept warm."""

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
from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.settings import Settings
from emojify_core.storage.corrections.records import Correction, Version
from emojify_core.storage.factory import Storage
from worker.models.loader import model_folder
from worker.models.shipped_model import prepare

if TYPE_CHECKING:
    from emojify_core.ml.correction_learning.update import Update, Updater

log = structlog.get_logger(__name__)

CANDIDATES = "candidate-"  # folders in the home, each for the time of one teaching

OnStep = Callable[[str], None]


class UpdateRunner:
    """Turns corrections into a new model. Warmed by the first who needs it, or before."""

    def __init__(self, settings: Settings, storage: Storage) -> None:
        self._home, self._psychexp, self._storage = settings.home, settings.psychexp, storage
        self._warming = threading.Lock()
        self._updater: Updater | None = None
        self._base = 0  # the version that the updater was made for
        self.problem = ""  # why nothing can be learned now, for people

    def warm(self) -> None:
        """Import TensorFlow, read the base and the rows that judge; some 12 s the first time.

        Raises StorageError, ModelError, DataError or OSError when one of them cannot be had.
        """
        if self._updater is None:
            prepare(self._storage)  # the database may not have answered when the processes started
            self._updater_for(self._storage.versions.live().version)

    def _updater_for(self, start: Version) -> "Updater":
        """Return what updates the descendants of the shipped model that `start` descends from."""
        with self._warming:
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

    @contextmanager
    def teach(
        self,
        start: Version,
        corrections: Sequence[Correction],
        earlier: Sequence[Correction],
        on_step: OnStep,
    ) -> "Iterator[tuple[Update, Path]]":
        """Give what came of teaching a copy of `start`, and the new model's folder for a while.

        The folder is there only if `Update.manifest` is not None.
        """
        updater = self._updater_for(start)
        live = model_folder(self._storage, start.sha256)
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=CANDIDATES, dir=self._home) as folder:
            out = Path(folder) / "model"
            update = updater.update(
                live,
                _labelled(corrections),
                _labelled(earlier),
                out,
                cause={"version": start.version},
                on_step=on_step,
            )
            yield update, out


def _labelled(corrections: Sequence[Correction]) -> list[LabelledText]:
    return [LabelledText(each.id, each.text, LABELS.index(each.label)) for each in corrections]
