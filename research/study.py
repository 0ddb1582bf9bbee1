"""The study on the GPU: `python study.py DATA.npz TEACHERS_FOLDER_OR_FILES... OUT`."""

import os
import pickle
import queue
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from students import Idea, train_group
from torch import multiprocessing
from world import FOLDS, PRODUCT, World

TINY = "TINY" in os.environ
DEVICE = "cpu" if TINY else "cuda"
PROCESSES = int(os.environ.get("PROCESSES", "4"))
SECONDS = float(os.environ.get("SECONDS_LEFT", "300"))
SEEDS = (0, 1, 2)

base = Idea("baseline: the product's recipe")
long = replace(base, steps=4000, batch=(32, 96, 0), schedule="cosine", decay=0.998, soft=0.5)


def d(name, of=long, **changes):
    return replace(of, name=name, **changes)


PLAIN = [
    [
        base,
        d("no word dropout", base, word_dropout=0.0),
        d("word dropout .30", base, word_dropout=0.3),
        d("no embedding dropout", base, vector_dropout=0.0),
        d("embedding dropout .25", base, vector_dropout=0.25),
        d("label smoothing .1", base, smoothing=0.1),
        d("mixup of the pooled vectors", base, mixup=0.4),
        d("vectors pulled to their start", base, pull=1e-4),
        d("attention pooling alone", base, pool=(1.0, 0.0, 0.0)),
        d("maximum pooling alone", base, pool=(0.0, 1.0, 0.0)),
        d("mean pooling alone", base, pool=(0.0, 0.0, 1.0)),
        d("attention, maximum and mean", base, pool=(1.0, 1.0, 1.0)),
        d("spelling repair of unknown words", base, repaired=True),
        d("teacher's out-of-fold targets on the rows, weight .5", base, soft=0.5),
        d("teacher's targets, having seen the rows, weight .5", base, soft=0.5, targets="seen"),
    ],
    [d("vectors frozen", base, word_rate=0.0)],
    [d("vectors tuned at a quarter of the rate", base, word_rate=0.25)],
    [d("64 units", base, units=64)],
    [d("256 units", base, units=256)],
    [d("two layers", base, layers=2)],
    [d("skip connection: vectors into the pooling", base, skip=True)],
    [d("bag-of-words side channel", base, bag=True)],
    [d("character n-grams added to the vectors", base, grams=True)],
    [d("cosine schedule", base, schedule="cosine")],
    [
        d("word table: encoder 50 alone", base, dims=112, table=(0, 50, 0)),
        d("word table: encoder 112 alone", base, dims=112, table=(0, 112, 0)),
        d("word table: GloVe 50 + encoder 62", base, dims=112, table=(50, 62, 0)),
        d("word table: GloVe 50 + teacher's opinion 7", base, dims=112, table=(50, 0, 7)),
        d("word table: GloVe 50 + encoder 55 + opinion 7", base, dims=112, table=(50, 55, 7)),
    ],
]
wide = replace(long, dims=112, table=(50, 55, 7), batch=(32, 56, 40))
BOTH = (32, 56, 40)
low = replace(wide, vector_dropout=0.3, pooled_dropout=0.3, word_dropout=0.1, targets="mixed")
short = replace(low, steps=2000)
GROUPS = [
    [
        d("2,000 steps: dropouts .3, .3 and .1, mean of both targets", short),
        d("2,000 steps: the same, out-of-fold targets", short, targets="oof"),
        d("2,000 steps: the same, embedding dropout .15", short, vector_dropout=0.15),
    ],
    [d("2,000 steps: the same, 256 units", short, units=256)],
    [
        d("distilled + table GloVe 50 + encoder 62", wide, table=(50, 62, 0)),
        d("distilled + table GloVe 50 + encoder 55 + opinion 7", wide),
        d("the same, mean of both targets", wide, targets="mixed"),
    ],
    [
        d("distilled: recombined texts, out-of-fold targets"),
        d("distilled: recombined texts, targets of teachers that saw the rows", targets="seen"),
        d("distilled: recombined texts, mean of both targets", targets="mixed"),
    ],
    [d("the same, 256 units", wide, units=256)],
    [
        d("the same, embedding dropout .3", wide, vector_dropout=0.3),
        d("the same, dropouts .3, .3 and .1", wide, vector_dropout=0.3, pooled_dropout=0.3, word_dropout=0.1),
        d("the same, soft targets alone on the rows", wide, soft=1.0),
    ],
    [
        d("distilled: free texts", batch=(32, 0, 96)),
        d("distilled: free texts in the first person", batch=(32, 0, 96), who="first"),
        d("distilled: free texts, one teacher instead of two", batch=(32, 0, 96), targets="one"),
    ],
    [d("the same, bag-of-words side channel", wide, bag=True)],
    PLAIN[0][:5],
    PLAIN[0][5:10],
    PLAIN[0][10:],
    [
        d("distilled: parts of rows only", kind="parts"),
        d("distilled: crossings only", kind="crossings"),
        d("distilled: temperature 2", temperature=2.0),
    ],
    *PLAIN[1:],
    [
        d("distilled: recombined + free", batch=BOTH),
        d("distilled: recombined + free, first person", batch=BOTH, who="first"),
    ],
    [d("the same, 8,000 steps", wide, steps=8000)],
    [
        d("distilled: targets sharpened by 1.5", sharpen=1.5),
        d("distilled: labels alone on the rows", soft=0.0),
        d("ensemble of three Bi-LSTMs distilled into one", soft=0.0, targets="self"),
    ],
    [d("the same, GloVe 50 + encoder 128 + opinion 7", wide, dims=185, table=(50, 128, 7))],
    [d("the same, 64 labelled, twice the batch", wide, batch=(64, 112, 80))],
]  # fmt: skip


def make_world(paths):
    data = dict(np.load(paths["data"]))
    files = [np.load(path) for path in paths["teachers"]]
    folder = Path(paths["folder"])

    def stored(name):
        path = folder / (name.replace("/", ".") + ".npz")
        if path.exists():
            return np.load(path)["logits"]
        for file in files:
            if name in file:
                return file[name]
        if TINY:
            return (
                np.random.default_rng(0).normal(size=(tiny_size(data, name), 7)).astype(np.float16)
            )
        raise KeyError(name)

    extra = np.load(paths["extra"])
    data["self_words"] = extra["self_words"]
    return World(
        data, stored, np.load(paths["words"])["vectors"], extra["grams"], extra["fixed"], DEVICE
    )


def tiny_size(data, name):
    pool = name.split("/")[1]
    if name.startswith("outer") and pool == "made":
        return int((data["fold"][data["parents"]] != int(name.split("-")[1])).sum())
    return len(data[f"{pool}_ids_n"]) if pool != "words" else len(data["glove"])


def work(todo, done, paths, until, seeds, folds):
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.set_num_threads(2)
    world = make_world(paths)
    while True:
        try:
            at, ideas = todo.get(timeout=1)
        except queue.Empty:
            return
        begun = time.time()
        if begun > until:
            return
        if any(idea.targets == "self" for idea in ideas):  # its teachers first
            run(world, [replace(base, steps=1350)], (0, 1, 2), folds, until, teach=True)
        records, logits, members = run(world, ideas, seeds, folds, until)
        peak = torch.cuda.max_memory_allocated() >> 20 if not TINY else 0
        print(
            f"{ideas[0].name} (+{len(ideas) - 1}): {time.time() - begun:.0f} s, {peak} MiB",
            flush=True,
        )
        done.put(
            (
                at,
                records,
                [(m[0].name, m[1], m[2]) for m in members],
                [one.astype(np.float16) for one in logits],
            )
        )


def run(world, ideas, seeds, folds, until, teach=False):
    ideas = [replace(idea, steps=4) if TINY else idea for idea in ideas]
    assert len({idea.shape() for idea in ideas}) == 1, [i.name for i in ideas]
    members = [(idea, fold, seed) for idea in ideas for fold in folds for seed in seeds]
    every = 225 if ideas[0].steps < 3000 else 2000
    checkpoints = set(range(every, ideas[0].steps + 1, every))
    records, logits, students = train_group(members, world, DEVICE, checkpoints, until)
    if teach:
        opt = {
            "dims": torch.ones(len(members), ideas[0].dims, device=DEVICE),
            "pool": torch.tensor([m[0].pool for m in members], device=DEVICE),
            "any_mixup": False,
        }
        world.teach_self(students, members, opt, ideas[0].name)
    return records, logits, members


def main(data, folder, words, extra, out, *teachers):
    begun = time.time()
    paths = {"data": data, "folder": folder, "words": words, "extra": extra, "teachers": teachers}
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    seeds, folds = (SEEDS, tuple(range(FOLDS))) if not TINY else ((0,), (0, PRODUCT))
    groups = GROUPS
    if "ONLY" in os.environ:
        groups = [groups[int(at)] for at in os.environ["ONLY"].split(",")]
    for job in enumerate(groups):
        todo.put(job)
    workers = [
        context.Process(
            target=work, args=(todo, done, paths, begun + SECONDS, seeds, folds), daemon=True
        )
        for _ in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    records, kept, finished = [], {}, set()
    while len(finished) < len(groups) and time.time() - begun < SECONDS + 25:
        try:
            at, some, members, logits = done.get(timeout=1)
        except queue.Empty:
            if not any(worker.is_alive() for worker in workers):
                break
            continue
        finished.add(at)
        records += some
        kept.update(zip(members, logits, strict=True))
        with Path(out, "records.pickle").open("wb") as file:
            pickle.dump(records, file)
    print(f"{len(finished)} of {len(groups)} groups, {time.time() - begun:.0f} s")
    for worker in workers:
        worker.terminate()
    table(records)
    with Path(out, "logits.pickle").open("wb") as file:
        pickle.dump(kept, file)


def table(records):
    """Print, for each idea, its best checkpoint by the mean over folds and seeds, and the last."""
    print(
        "idea | steps | CV macro-F1 mean (sd over seeds) accuracy nll | last | last weights not averaged | validation f1"
    )
    for name in dict.fromkeys(r[0] for r in records):
        own = [r for r in records if r[0] == name]
        steps = sorted({r[3] for r in own})

        def mean(step, field, product=False, own=own):
            return np.mean([r[field] for r in own if r[3] == step and (r[1] == PRODUCT) == product])

        best = max(steps, key=lambda s: mean(s, 5))
        by_seed = [
            np.mean([r[5] for r in own if r[3] == best and r[1] != PRODUCT and r[2] == s])
            for s in sorted({r[2] for r in own})
        ]
        print(
            f"{name:66} {best:6} {mean(best, 5):.4f} ({np.std(by_seed, ddof=1) if len(by_seed) > 1 else 0:.4f}) {mean(best, 4):.4f} {mean(best, 6):.4f} | {mean(steps[-1], 5):.4f} {mean(steps[-1], 6):.4f} | {mean(best, 8):.4f} | {mean(best, 5, True):.4f} {mean(best, 6, True):.4f}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
