"""The study on the GPU: `python study.py DATA.npz WORDS.npz EXTRA.npz OUT ANSWERS.npz...`."""

import os
import pickle
import queue
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from ideas import GROUPS, base
from torch import multiprocessing
from training import train_group
from world import FOLDS, World

TINY = "TINY" in os.environ
DEVICE = "cpu" if TINY else "cuda"
PROCESSES = int(os.environ.get("PROCESSES", "2"))
SECONDS = float(os.environ.get("SECONDS_LEFT", "3600"))
SEEDS = (0, 1, 2)


def make_world(paths):
    files = [np.load(path) for path in paths["answers"]]

    def stored(name):
        for file in files:
            if name in file:
                return file[name]
        raise KeyError(f"No file holds {name}: ask that teacher again, with teach.py and ONLY.")

    extra = np.load(paths["extra"])
    data = dict(np.load(paths["data"])) | {"self_words": extra["self_words"]}
    words = np.load(paths["words"])["vectors"]
    return World(data, stored, words, extra["grams"], extra["fixed"], DEVICE)


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
        try:
            if any(idea.targets == "self" for idea in ideas):  # its teachers first
                run(world, [replace(base, steps=1350)], seeds, folds, until, teach=True)
            records, logits, members = run(world, ideas, seeds, folds, until)
        except Exception:  # noqa: BLE001 - one idea that breaks shall not take the rest with it
            traceback.print_exc()
            records, logits, members = [], [], []
        peak = torch.cuda.max_memory_allocated() >> 20 if not TINY else 0
        print(
            f"{at}: {ideas[0].name} (+{len(ideas) - 1}): {time.time() - begun:.0f} s, {peak} MiB",
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
        world.teach_self(students, members, opt)
    return records, logits, members


def main(data, words, extra, out, *answers):
    begun = time.time()
    paths = {"data": data, "words": words, "extra": extra, "answers": answers}
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    seeds, folds = (SEEDS, tuple(range(FOLDS))) if not TINY else ((0,), (0, 1))
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
    """Print each idea's best checkpoint, by the mean over folds and seeds, and its last."""
    print(
        "idea | steps | macro-F1 (sd of the seeds' means) accuracy nll | last step: macro-F1 nll | not averaged"
    )
    planned = {idea.name: idea.steps for group in GROUPS for idea in group}
    for name in dict.fromkeys(r[0] for r in records):
        own = [r for r in records if r[0] == name]
        steps = sorted({r[3] for r in own})

        def mean(step, field, own=own):
            return np.mean([r[field] for r in own if r[3] == step])

        best = max(steps, key=lambda s: mean(s, 5))
        seeds = [
            np.mean([r[5] for r in own if r[3] == best and r[2] == seed])
            for seed in sorted({r[2] for r in own})
        ]
        cut = "" if steps[-1] == planned[name] else " (cut short)"
        print(
            f"{name + cut:60} {best:6} {mean(best, 5):.4f} ({np.std(seeds, ddof=1):.4f})"
            f" {mean(best, 4):.4f} {mean(best, 6):.4f} | {mean(steps[-1], 5):.4f}"
            f" {mean(steps[-1], 6):.4f} | {mean(best, 8):.4f}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
