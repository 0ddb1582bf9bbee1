"""Ensembles of several students, or of a fold's teachers: `python together.py DATA OUTER LOGITS...`

LOGITS are the `logits.pickle` of one or more runs of `study.py`, OUTER is `outer.npz`.
"""

import pickle
import sys
from pathlib import Path

import numpy as np
from scoring import score

SEEDS, FOLDS = 3, 5


def shares(logits):
    z = logits.astype(np.float32)
    raised = np.exp(z - z.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)


def main(data, outer, *runs):
    data, outer = np.load(data), np.load(outer)
    fold, labels = data["fold"], data["labels"]
    outside = np.isin(np.arange(len(fold)), data["outside"])
    held = [np.flatnonzero(outside & (fold == f)) for f in range(FOLDS)]
    said = {}
    for run in runs:
        with Path(run).open("rb") as file:
            said |= pickle.load(file)
    print("accuracy, macro-F1: one; three together, the mean of their probabilities")
    for name in dict.fromkeys(key[0] for key in said):
        mine = [[shares(said[name, f, s]) for s in range(SEEDS)] for f in range(FOLDS)]
        pairs = list(zip(mine, held, strict=True))
        one = np.mean([score(each, labels[rows]) for some, rows in pairs for each in some], 0)
        three = np.mean([score(np.mean(some, 0), labels[rows]) for some, rows in pairs], 0)
        print(f"{name:60} {one[0]:.4f} {one[1]:.4f}   {three[0]:.4f} {three[1]:.4f}")
    teachers = [score(outer[f"outer-{f}/rows"][rows], labels[rows]) for f, rows in enumerate(held)]
    print("a fold's two teachers together", np.mean(teachers, 0).round(4))


if __name__ == "__main__":
    main(*sys.argv[1:])
