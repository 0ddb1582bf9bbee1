"""How good answers are: accuracy, macro-F1, and the likelihood at the best temperature."""

import numpy as np

CLASSES = 7


def score(logits, truth):
    """Accuracy and macro-F1."""
    pairs = truth.astype(np.int64) * CLASSES + logits.argmax(1)
    counts = np.bincount(pairs, minlength=CLASSES**2).reshape(CLASSES, CLASSES)
    hits = counts.diagonal()
    f1 = 2 * hits / np.maximum(counts.sum(0) + counts.sum(1), 1)
    return float(hits.sum() / len(truth)), float(f1.mean())


def nll(logits, truth):
    """Least mean negative log-likelihood over temperatures."""
    z = logits - logits.max(1, keepdims=True)
    z = z / np.geomspace(0.5, 4, 25, dtype=np.float32)[:, None, None]
    own = z[:, np.arange(len(truth)), truth]
    return float((np.log(np.exp(z).sum(2)) - own).mean(1).min())
