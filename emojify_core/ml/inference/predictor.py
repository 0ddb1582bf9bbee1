"""The served model: raw texts in, calibrated probabilities out. Needs numpy and ONNX Runtime only.

The graph runs slices of texts of similar length. It gets each text's length, so no prediction
depends on the other texts of its slice.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from emojify_core.errors import ModelError
from emojify_core.labels import LABELS
from emojify_core.ml.inference.slices import Rows, shorten_longest, slices_by_length
from emojify_core.ml.model.artifact import (
    GRAPH,
    VOCABULARY,
    Manifest,
    load_embeddings,
    load_manifest,
)
from emojify_core.ml.model.calibration import (
    certainty,
    label_probabilities,
    sigmoid,
    temperatures,
)
from emojify_core.ml.text.reading.reader import Reader
from emojify_core.ml.text.vocabulary import PADDING, UNKNOWN, Vocabulary


@dataclass(frozen=True, slots=True)
class Predictions:
    """The predictions for a list of texts, in its order."""

    probabilities: NDArray[np.float32]  # (texts, 7), each row sums to 1
    confident: NDArray[np.bool_]  # (texts,)
    emotional: NDArray[np.float32]  # (texts,), 0 to 1; NaN from a model without a gate
    none: NDArray[np.bool_]  # (texts,), no clear emotion
    understood: NDArray[np.bool_]  # (texts,), at least one word is known

    @classmethod
    def without_gate(cls, probabilities: NDArray[np.float32], confident: NDArray[np.bool_]) -> Self:
        """Return the predictions of a model that finds an emotion in every text."""
        every = np.ones(len(probabilities), dtype=np.bool_)
        emotional = np.full(len(probabilities), np.nan, dtype=np.float32)
        return cls(probabilities, confident, emotional, ~every, every)


class Predictor:
    """A model in memory. Several threads may share it."""

    def __init__(
        self,
        manifest: Manifest,
        vocabulary: Vocabulary,
        embeddings: NDArray[np.float16],
        session: onnxruntime.InferenceSession,
        threads: int = 1,
    ) -> None:
        self.manifest = manifest
        self.sha256 = manifest.sha256
        self.vocabulary = vocabulary
        self.reader = Reader(vocabulary, manifest.reading)
        self._embeddings = embeddings
        self.session = session
        # The pool starts no thread before its first use, so a process may fork after loading.
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    @classmethod
    def load(cls, folder: Path, *, threads: int = 1, like: Self | None = None) -> Self:
        """Verify and load a model. Raises ModelError when a file is missing or altered.

        `threads` slices of a long list run at the same time. `like` is a loaded model: unchanged
        files are shared with it. Corrections change only the embeddings, and reading 50,000 words
        and a graph again would delay predictions.
        """
        manifest = load_manifest(folder)

        def same(name: str) -> bool:
            return like is not None and like.manifest.files[name] == manifest.files[name]

        vocabulary = (
            like.vocabulary if like and same(VOCABULARY) else Vocabulary.load(folder / VOCABULARY)
        )
        session = like.session if like and same(GRAPH) else open_session(folder / GRAPH)
        return cls(manifest, vocabulary, load_embeddings(folder), session, threads)

    def predict(self, texts: Sequence[str], *, max_words: int | None = None) -> Predictions:
        """Predict every text, whatever it contains; an empty list gives empty arrays.

        `max_words` limits the words read of all texts, and so the cost: the ends of the longest
        are not read.
        """
        ids = [self.encode(text) or [UNKNOWN] for text in texts]
        if max_words is not None:
            ids = shorten_longest(ids, max_words)
        logits = self._logits(ids)
        probabilities = self._probabilities(logits)
        # Punctuation alone never justifies confidence.
        has_word = np.array([self.vocabulary.has_word(row) for row in ids], dtype=np.bool_)
        gate, threshold = self.manifest.gate, self.manifest.confidence_threshold
        if gate is None:
            return Predictions.without_gate(
                probabilities, has_word & (probabilities.max(axis=1) >= threshold)
            )
        emotional = np.where(has_word, sigmoid(gate.scale * logits[:, -1] + gate.bias), 0)
        none = emotional < gate.threshold
        confident = ~none & (certainty(probabilities, emotional) >= threshold)
        return Predictions(probabilities, confident, emotional.astype(np.float32), none, has_word)

    def encode(self, text: str) -> list[int]:
        """Return the ids of the words that the model reads of a text; none for an empty text."""
        return self.reader.ids(text)

    def predict_ids(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return calibrated probabilities (texts, 7) for texts of at least one word id each."""
        return self._probabilities(self._logits(ids))

    def temperatures(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return what divides the logits of each text, (texts,)."""
        gate = self.manifest.gate
        slope = gate.slope if gate else 0.0
        return temperatures(self._logits(ids), self.manifest.temperature, slope)

    def warm(self) -> None:
        """Run once, so that the first real text does not wait for memory allocation."""
        self.predict(["We were so happy.", "She cried."])

    def _probabilities(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        gate = self.manifest.gate
        return label_probabilities(logits, self.manifest.temperature, gate.slope if gate else 0.0)

    def _logits(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return the logits of the labels and, of a model with a gate, the gate's."""
        slices = slices_by_length([len(row) for row in ids])
        run = partial(self._run, ids)
        runs = self._pool.map(run, slices) if self._pool and len(slices) > 1 else map(run, slices)
        outputs = len(LABELS) + (self.manifest.gate is not None)
        logits = np.empty((len(ids), outputs), dtype=np.float32)
        for rows, slice_logits in zip(slices, runs, strict=True):
            logits[rows] = slice_logits
        return logits

    def _run(self, ids: Sequence[Sequence[int]], rows: Rows) -> NDArray[np.float32]:
        """Return the logits of one slice, (rows, outputs)."""
        lengths = np.array([len(ids[row]) for row in rows], dtype=np.int32)
        padded = np.full((len(rows), lengths.max()), PADDING, dtype=np.int32)
        for place, row in enumerate(rows):
            padded[place, : lengths[place]] = ids[row]
        vectors = self._embeddings[padded].astype(np.float32)  # (rows, longest, dimensions)
        feed = {"vectors": vectors, "lengths": lengths}
        logits: NDArray[np.float32] = self.session.run(["logits"], feed)[0]
        return logits


def open_session(graph: Path | bytes) -> onnxruntime.InferenceSession:
    """Open a graph, a file or its content, for one thread.

    Whole slices run in parallel instead. ONNX Runtime's own threads make a single text slower,
    and either spin on a core while they wait or wake up late. Raises ModelError when ONNX Runtime
    rejects the graph.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    source = str(graph) if isinstance(graph, Path) else graph
    try:
        return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as e:  # ONNX Runtime's own errors share no public base
        place = graph if isinstance(graph, Path) else "the model's graph"
        raise ModelError(f"ONNX Runtime cannot run {place}. Train the model again.") from e
