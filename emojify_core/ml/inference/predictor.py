"""Raw texts in, calibrated probabilities out: the served model. Needs numpy and ONNX Runtime only.

Texts are run in slices of like length. Within a slice the graph is told each text's length, so
no answer depends on which other texts were asked about.
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
from emojify_core.ml.model.artifact import (
    GRAPH,
    VOCABULARY,
    Manifest,
    load_embeddings,
    load_manifest,
)
from emojify_core.ml.model.calibration import softmax
from emojify_core.ml.text.vocabulary import PADDING, UNKNOWN, Vocabulary
from emojify_core.tokenizer import tokenize

Rows = NDArray[np.intp]

# Words in one run of the graph, filling included. Larger slices are slower, because their states
# (1 kB a word) leave the processor's cache.
SLICE_WORDS = 1_024
LONGEST_TEXT = 8_192  # words read of one text; 5,000 characters, the API's limit, hold fewer


@dataclass(frozen=True, slots=True)
class Prediction:
    """Answers in the texts' order."""

    probabilities: NDArray[np.float32]  # (texts, 7), each row sums to 1
    confident: NDArray[np.bool_]  # (texts,)


class Predictor:
    """A model in memory; safe to call from several threads."""

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
        self._embeddings = embeddings
        self.session = session
        # Threads start when first needed, so a process may still fork after loading.
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    @classmethod
    def load(cls, folder: Path, *, threads: int = 1, like: Self | None = None) -> Self:
        """Check and load the model in `folder`; ModelError if a file is missing or altered.

        Up to `threads` slices of a long list are computed at the same time. What is the same in
        `like`, a model in memory, is shared with it: an update changes word vectors alone, and
        reading 50,000 words and a graph again would keep predictions waiting.
        """
        manifest = load_manifest(folder)

        def same(name: str) -> bool:
            return like is not None and like.manifest.files[name] == manifest.files[name]

        vocabulary = (
            like.vocabulary if like and same(VOCABULARY) else Vocabulary.load(folder / VOCABULARY)
        )
        session = like.session if like and same(GRAPH) else _session(folder / GRAPH)
        return cls(manifest, vocabulary, load_embeddings(folder), session, threads)

    def predict(self, texts: Sequence[str]) -> Prediction:
        """Answer every text, whatever it holds; an empty list gives empty arrays."""
        ids = [self.encode(text)[:LONGEST_TEXT] or [UNKNOWN] for text in texts]
        probabilities = self.probabilities(ids)
        # Signs alone are no ground for an answer given with confidence.
        known = np.array([self.vocabulary.says_something(row) for row in ids], dtype=np.bool_)
        sure = probabilities.max(axis=1) >= self.manifest.confidence_threshold
        return Prediction(probabilities, known & sure)

    def encode(self, text: str) -> list[int]:
        """Return the number of each of a text's words; an empty list if it has none."""
        return self.vocabulary.ids(tokenize(text))

    def probabilities(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Answer texts given as word numbers, none of them empty: (texts, 7), calibrated."""
        cut = slices_by_length([len(row) for row in ids])
        run = partial(self._run, ids)
        runs = self._pool.map(run, cut) if self._pool and len(cut) > 1 else map(run, cut)
        logits = np.empty((len(ids), len(LABELS)), dtype=np.float32)
        for rows, answers in zip(cut, runs, strict=True):
            logits[rows] = answers
        return softmax(logits, self.manifest.temperature)

    def warm(self) -> None:
        """Run once, so that the first real text does not wait for memory to be set up."""
        self.predict(["We were so happy.", "She cried."])

    def _run(self, ids: Sequence[Sequence[int]], rows: Rows) -> NDArray[np.float32]:
        lengths = np.array([len(ids[row]) for row in rows], dtype=np.int32)
        filled = np.full((len(rows), lengths.max()), PADDING, dtype=np.int32)
        for place, row in enumerate(rows):
            filled[place, : lengths[place]] = ids[row]
        vectors = self._embeddings[filled].astype(np.float32)  # (rows, longest, dimensions)
        feed = {"vectors": vectors, "lengths": lengths}
        logits: NDArray[np.float32] = self.session.run(["logits"], feed)[0]
        return logits


def slices_by_length(lengths: Sequence[int], words: int = SLICE_WORDS) -> list[Rows]:
    """Cut texts into slices of like length, longest first, of at most `words` with filling.

    A text longer than that is a slice by itself.
    """
    order = np.argsort(lengths, kind="stable")[::-1]
    cut: list[Rows] = []
    start = 0
    while start < len(order):
        end = start + max(1, words // lengths[order[start]])
        cut.append(order[start:end])
        start = end
    return cut


def _session(path: Path) -> onnxruntime.InferenceSession:
    """Open the graph for one thread: whole slices are what runs side by side.

    That beats ONNX Runtime's own threads, which make a single text slower, and which either take
    a core from everybody else while they wait or wake up late.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as e:  # ONNX Runtime's own errors share no public base
        raise ModelError(f"ONNX Runtime cannot run {path}. Train the model again.") from e
