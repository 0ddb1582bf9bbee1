"""The models of batches: one version answers a whole batch, even if another goes live."""

import threading
from collections import OrderedDict

from emojify_core.ml.inference.predictor import Predictor
from emojify_core.storage.factory import Storage
from worker.models.live_model import LiveModel
from worker.models.loader import load_predictor

SIZE = 2  # predictors; each holds a vocabulary and a graph in memory


class VersionCache:
    """The predictors of the versions used last. Safe to share between threads."""

    def __init__(self, storage: Storage, live: LiveModel, *, threads: int = 1) -> None:
        self._storage, self._live, self._threads = storage, live, threads
        self._predictors: OrderedDict[int, Predictor] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: int) -> Predictor:
        """Return the predictor of a version; the live one if both have the same files.

        Raises NotStoredError if the version's files are deleted, ModelError if they are damaged,
        StorageUnavailableError if the storage is down.
        """
        with self._lock:
            predictor = self._predictors.get(version) or self._load(version)
            self._predictors[version] = predictor
            self._predictors.move_to_end(version)
            while len(self._predictors) > SIZE:
                self._predictors.popitem(last=False)
            return predictor

    def _load(self, version: int) -> Predictor:
        sha256 = self._storage.versions.get(version).sha256
        live = self._live.predictor
        if live and live.sha256 == sha256:
            return live
        return load_predictor(self._storage, sha256, threads=self._threads, like=live)
