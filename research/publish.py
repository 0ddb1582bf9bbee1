"""Write the teachers' numbers for the product to `emojify_core/ml/taught/`."""

import gzip
import sys
from pathlib import Path

import numpy as np

from emojify_core.ml.data.augmentation import augment
from emojify_core.ml.data.distillation import (
    FOLDER,
    LOGITS_FILE,
    WORDS_FILE,
    text_key,
    tokens_sha256,
)
from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.text.embeddings import build_vocabulary, load_glove
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.tokenizer import normalise, tokenize

SHORTEST = 3  # words of a free text
TRAIN, TEACHERS, FOLDS = 1, 5, 5
FROM_ENCODER, SPREAD_ENCODER, SPREAD_OPINION = 55, 0.5, 0.6


def trained_keys(folder: Path) -> set[int]:
    """Return the keys of GoEmotions' train split without what its other splits hold, too."""

    def texts(split: str) -> list[str]:
        lines = (folder / f"{split}.tsv").read_text(encoding="utf-8").split("\n")
        return [line.partition("\t")[0].strip() for line in lines if line]

    judging = {normalise(text) for split in ("dev", "test") for text in texts(split)}
    return {text_key(text) for text in texts("train") if normalise(text) not in judging}


def main(
    psychexp: Path,
    goemotions: Path,
    splits_of_goemotions: Path,
    prepared: Path,
    product: Path,
    words: Path,
) -> None:
    data, said = np.load(prepared), np.load(product)
    pairs = np.load(product.with_name("pairs.npz"))
    part, fold, parents = data["part"], data["fold"], data["parents"]

    def mean(pool):
        return np.mean([said[f"product-{n}/{pool}"].astype(np.float32) for n in range(TEACHERS)], 0)

    # Logits of rows and augmented texts: the mean of the teachers trained on the row and the
    # teacher that was not.
    train = np.flatnonzero(part == TRAIN)
    rows, made = mean("rows"), np.zeros((len(parents), 7), np.float32)
    made[np.flatnonzero((part == TRAIN)[parents])] = mean("made")
    for g in range(FOLDS):
        own = (part == TRAIN) & (fold == g)
        rows[own] = (rows[own] + pairs[f"product-without-{g}/rows"]) / 2
        made[own[parents]] = (made[own[parents]] + pairs[f"product-without-{g}/made"]) / 2

    source = load_psychexp(psychexp)
    splits = make_splits(source.texts, source.labels)
    assert (train == splits.train).all()
    tokens = [tokenize(source.texts[row]) for row in splits.train]
    texts = augment(tokens)
    own = (part == TRAIN)[parents]
    assert own.sum() == len(texts) and (train[[row for row, _ in texts]] == parents[own]).all()
    with gzip.open(goemotions, "rt", encoding="utf-8") as file:
        free = [line.strip() for line in file]
    keys = np.array([text_key(text) for text in free], np.uint64)
    learned = np.isin(keys, np.array(sorted(trained_keys(splits_of_goemotions)), np.uint64))
    long = (data["free_ids_n"] >= SHORTEST) & learned
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(
        FOLDER / LOGITS_FILE,
        rows=rows[train].astype(np.float16),
        recombined=made[own].astype(np.float16),
        recombined_sum=tokens_sha256(row for _, row in texts),
        free=mean("free")[long].astype(np.float16),
        free_keys=keys[long],
    )

    glove = load_glove()
    vocabulary = build_vocabulary(tokens, glove.words)
    everything = Vocabulary.load(prepared.with_suffix(".vocabulary.txt"))
    take = np.array(everything.ids(vocabulary.words))
    encoder = np.load(words)["vectors"].astype(np.float32)[take, :64]
    encoder -= encoder.mean(0)
    encoder *= SPREAD_ENCODER / encoder.std()
    opinions = mean("words")[take]
    opinions -= opinions.mean(0)
    opinions *= SPREAD_OPINION / opinions.std()
    numbers = np.concatenate([encoder[:, :FROM_ENCODER], opinions], 1)
    scale = np.abs(numbers).max(0) / 127
    np.savez_compressed(
        FOLDER / WORDS_FILE,
        numbers=np.round(numbers / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        words_sum=tokens_sha256([vocabulary.words]),
    )


main(*map(Path, sys.argv[1:]))
