"""Prepare all arrays for the GPU: word pieces for the teacher, word ids for the students."""

import gzip
import sys
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from emojify_core.ml.data.augmentation import augment, detokenize, fold_of
from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import article_split, make_splits
from emojify_core.ml.text.embeddings import build_vocabulary, embedding_table, load_glove
from emojify_core.tokenizer import normalise, tokenize

PARTS = ("dropped", "train", "validation", "gate", "test")  # part of a row, by number


def flat(rows):
    """Return ragged rows of numbers below 65,536 as one array and the rows' lengths."""
    return (
        np.concatenate([np.asarray(row, np.uint16) for row in rows]),
        np.array([len(row) for row in rows], np.uint16),
    )


def main(psychexp: Path, goemotions: Path, encoder: Path, out: Path) -> None:
    data = load_psychexp(psychexp)
    splits = make_splits(data.texts, data.labels)
    part = np.zeros(len(data.texts), np.uint8)
    for number, name in enumerate(PARTS):
        part[getattr(splits, name)] = number
    forms = [normalise(text) for text in data.texts]
    tokens = [tokenize(text) for text in data.texts]
    fold = np.array([fold_of(form) for form in forms], np.uint8)
    outside, _ = article_split(data.labels)

    # The product's training rows and the other rows are augmented separately.
    parents, made = [], []
    for rows in (splits.train, np.setdiff1d(outside, splits.train)):
        for number, row in augment([tokens[row] for row in rows]):
            parents.append(rows[number])
            made.append(row)
    with gzip.open(goemotions, "rt", encoding="utf-8") as file:
        unlabelled = [line.strip() for line in file]
    print(len(made), "augmented;", len(unlabelled), "unlabelled")

    glove = load_glove()
    frequent = set(build_vocabulary([], glove.words).words)
    vocabulary = build_vocabulary([tokens[row] for row in outside], glove.words)
    arrays = {
        "labels": data.labels.astype(np.uint8),
        "part": part,
        "fold": fold,
        "outside": outside.astype(np.int32),
        "parents": np.array(parents, np.int32),
        "frequent": np.array([True, True] + [word in frequent for word in vocabulary.words]),
        "glove": embedding_table(vocabulary, glove).astype(np.float16),
    }
    pieces = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    pieces.no_padding()
    pieces.enable_truncation(128)
    read = {
        "rows": list(data.texts),
        "made": [detokenize(row) for row in made],
        "free": unlabelled,
        "words": ["", "unknown", *vocabulary.words],
    }
    for name, texts in read.items():
        encoded = [one.ids for one in pieces.encode_batch(texts)]
        arrays[f"{name}_pieces"], arrays[f"{name}_pieces_n"] = flat(encoded)
    for name, lists in (
        ("rows", tokens),
        ("made", made),
        ("free", [tokenize(text) for text in unlabelled]),
    ):
        ids = [vocabulary.ids(row)[:200] or [1] for row in lists]
        arrays[f"{name}_ids"], arrays[f"{name}_ids_n"] = flat(ids)
    np.savez_compressed(out, **arrays)
    vocabulary.save(out.with_suffix(".vocabulary.txt"))


main(*map(Path, sys.argv[1:]))
