"""Models of batches: each batch is answered by the version it began with, whatever is live."""

import threading
from collections import OrderedDict

from emojify_core.ml.inference.predictor import Predictor
from emojify_core.storage.factory import Storage
from worker.models.live_model import LiveModel
from worker.models.loader import load_predictor

KEPT = 2  # predictors; each has a vocabulary and a graph in memory


class VersionCache:
    """The predictors of the versions asked for last. Safe to share between threads."""

    def __init__(self, storage: Storage, live: LiveModel, *, threads: int = 1) -> None:
        self._storage, self._live, self._threads = storage, live, threads
        self._kept: OrderedDict[int, Predictor] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, version: int) -> Predictor:
        """Return the predictor of a version, the one in service if that has the same files.

        Raises NotStoredError if there are no files of it (any more), ModelError if they are
        damaged, StorageUnavailableError.
        """
        with self._lock:
            found = self._kept.get(version) or self._load(version)
            self._kept[version] = found
            self._kept.move_to_end(version)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return found

    def _load(self, version: int) -> Predictor:
        sha256 = self._storage.versions.get(version).sha256
        live = self._live.predictor
        if live and live.sha256 == sha256:
            return live
        return load_predictor(self._storage, sha256, threads=self._threads, like=live)
