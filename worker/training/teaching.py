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
from emojify_core.ml.labelled_text import LabelledText
from emojify_core.settings import Settings
from emojify_core.storage.opening import Storage
from emojify_core.storage.records import Correction, Version
from worker.base_model import prepare

if TYPE_CHECKING:
    from emojify_core.ml.updating import Update, Updater

log = structlog.get_logger(__name__)

BASE = 1  # the version that holds no correction
CANDIDATES = "candidate-"  # folders in the home, each for the time of one teaching

OnStep = Callable[[str], None]


class Teacher:
    """Turns corrections into a new model. Warmed by the first who needs it, or before."""

    def __init__(self, settings: Settings, storage: Storage) -> None:
        self._home, self._psychexp, self._storage = settings.home, settings.psychexp, storage
        self._warming = threading.Lock()
        self._updater: Updater | None = None
        self.problem = ""  # why nothing can be learned now, for people

    def warm(self) -> "Updater":
        """Import TensorFlow, read the base and the rows that judge; some 12 s the first time.

        Raises StorageError, ModelError, DataError or OSError when one of them cannot be had.
        """
        with self._warming:
            if self._updater is None:
                try:
                    self._updater = self._make_updater()
                except (EmojifyError, OSError) as e:
                    self.problem = str(e)
                    raise
                self.problem = ""
            return self._updater

    def _make_updater(self) -> "Updater":
        started = time.perf_counter()
        prepare(self._storage)  # the database may not have answered when the processes started
        from emojify_core.ml.psychexp import find_psychexp  # noqa: PLC0415 - numpy
        from emojify_core.ml.update_data import find_update_data  # noqa: PLC0415

        data = find_update_data(find_psychexp(self._psychexp, self._home))
        base = self._storage.models.folder(self._storage.versions.get(BASE).sha256)
        from emojify_core.ml.updating import Updater  # noqa: PLC0415 - TensorFlow, some seconds

        updater = Updater(base, data)
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
        updater = self.warm()
        live = self._storage.models.folder(start.sha256)
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
