"""Metrics of logits: accuracy, macro-F1, and the likelihood at the best temperature."""

import numpy as np

from emojify_core.ml.evaluation.metrics import confusion_matrix, macro_f1


def score(logits, truth):
    """Return accuracy and macro-F1, as the product measures them."""
    said = logits.argmax(1)
    return float((said == truth).mean()), macro_f1(confusion_matrix(said, truth))


def nll(logits, truth):
    """Return the lowest mean negative log-likelihood over temperatures."""
    z = logits - logits.max(1, keepdims=True)
    z = z / np.geomspace(0.5, 4, 25, dtype=np.float32)[:, None, None]
    own = z[:, np.arange(len(truth)), truth]
    return float((np.log(np.exp(z).sum(2)) - own).mean(1).min())
