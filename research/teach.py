"""Fine-tune the teachers, several in parallel on one GPU, and write their logits.

    python teach.py DATA.npz WEIGHTS.npz FOLDER

Each job trains on its rows for three epochs and predicts the texts that `jobs` lists: unseen texts,
and for some jobs its training rows.
"""

import os
import queue
import sys
import time
from pathlib import Path

import mpnet
import numpy as np
import torch
import torch.nn.functional as F
from torch import multiprocessing

PROCESSES = int(os.environ.get("PROCESSES", "8"))
TINY = "TINY" in os.environ  # a try on a CPU
DEVICE = "cpu" if TINY else "cuda"
PASSES, BATCH, RATE, HEAD_RATE, WARM, DROPOUT = 3, 32, 6e-5, 1e-3, 0.1, 0.1
TRAIN = 1  # of `part`
UNTIL = float(os.environ.get("SECONDS_LEFT", "3600"))
POOLS = ("rows", "made", "free", "words")


class Pool:
    """Split ragged piece ids into padded batches of similar length."""

    def __init__(self, data, name, number):
        self.flat = number[data[f"{name}_pieces"]]
        self.n = data[f"{name}_pieces_n"].astype(np.int64)
        self.start = np.concatenate([[0], np.cumsum(self.n)])

    def batch(self, rows):
        longest = -(-int(self.n[rows].max()) // 8) * 8
        ids = np.full((len(rows), longest), mpnet.PAD, np.int64)
        for place, row in enumerate(rows):
            ids[place, : self.n[row]] = self.flat[self.start[row] : self.start[row + 1]]
        return torch.from_numpy(ids).to(DEVICE)


def jobs(data):
    """List the teachers: (name, seed, training rows, {pool: rows to predict})."""
    part, fold, parents = data["part"], data["fold"], data["parents"]
    outside = np.isin(np.arange(len(part)), data["outside"])
    train = part == TRAIN
    everything = {name: np.arange(len(data[f"{name}_pieces_n"])) for name in POOLS}
    of_train = np.flatnonzero(train[parents])
    listed = [
        (f"product-{seed}", seed, train, everything | {"made": of_train}) for seed in range(5)
    ]
    for f in range(5):
        held = fold == f
        asked = {
            "rows": np.flatnonzero(held & train),
            "made": np.flatnonzero((held & train)[parents]),
        }
        listed.append((f"product-without-{f}", 10 + f, train & ~held, asked))
    for f in range(5):
        for seed in range(2):
            asked = everything | {"made": np.flatnonzero(fold[parents] != f)}
            learned = outside & (fold != f)
            listed.append((f"outer-{f}-{seed}", 20 + 2 * f + seed, learned, asked))
    for f in range(5):
        for g in range(f):
            held = (fold == f) | (fold == g)
            asked = {
                "rows": np.flatnonzero(held & outside),
                "made": np.flatnonzero(held[parents]),
            }
            listed.append((f"pair-{g}-{f}", 40 + 5 * f + g, outside & ~held, asked))
    return listed


def fine_tune(teacher, pool, labels, rows, seed):
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)
    torch.nn.init.normal_(teacher.head.weight, std=0.02)
    torch.nn.init.zeros_(teacher.head.bias)
    body = [p for n, p in teacher.named_parameters() if p.requires_grad and n[:4] != "head"]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": teacher.head.parameters(), "lr": HEAD_RATE}],
        weight_decay=0.01,
        fused=not TINY,
    )
    per_pass = -(-len(rows) // BATCH)
    steps = per_pass * PASSES
    warm = max(1, int(WARM * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / (steps - warm)))
    )
    for _ in range(PASSES):
        order = random.permutation(rows)
        # Similar lengths within groups of ten batches.
        cuts = []
        for at in range(0, len(order), 10 * BATCH):
            some = order[at : at + 10 * BATCH]
            some = some[np.argsort(pool.n[some], kind="stable")]
            cuts += [some[c : c + BATCH] for c in range(0, len(some), BATCH)]
        for at in random.permutation(len(cuts)):
            ids = pool.batch(cuts[at])
            target = torch.from_numpy(labels[cuts[at]].astype(np.int64)).to(DEVICE)
            with torch.autocast(DEVICE, torch.bfloat16):
                logits = teacher(ids, DROPOUT)
            loss = F.cross_entropy(logits.float(), target)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(body, 1.0)
            optimiser.step()
            schedule.step()


@torch.no_grad()
def answer(ask, pool, rows, width=7, size=512):
    out = np.empty((len(rows), width), np.float16)
    order = np.argsort(pool.n[rows], kind="stable")
    pending = []
    for at in range(0, len(order), size):
        cut = order[at : at + size]
        with torch.autocast(DEVICE, torch.bfloat16):
            pending.append((cut, ask(pool.batch(rows[cut])).float()))
    for cut, logits in pending:
        out[cut] = logits.cpu().numpy()
    return out


def work(todo, done, paths):
    torch.set_num_threads(1)
    data = dict(np.load(paths[0]))
    arrays = dict(np.load(paths[1]))
    number = np.zeros(65536, np.int64)
    number[arrays["used"]] = np.arange(len(arrays["used"]))
    pools = {name: Pool(data, name, number) for name in POOLS}
    start = mpnet.load(arrays).to(DEVICE)
    kept = {name: value.clone() for name, value in start.state_dict().items()}
    while True:
        try:
            name, seed, learned, asked = todo.get(timeout=1)
        except queue.Empty:
            return
        at = time.time()
        if name == "words":  # as published, before any label
            vectors = answer(start.pooled, pools["words"], asked["words"], mpnet.SIZE)
            result = {"words": vectors}
        else:
            start.load_state_dict(kept)
            rows = np.flatnonzero(learned)
            if TINY:
                rows, asked = rows[:40], {k: v[:30] for k, v in asked.items()}
            fine_tune(start, pools["rows"], data["labels"], rows, seed)
            tuned = time.time()
            result = {pool: answer(start, pools[pool], rows) for pool, rows in asked.items()}
            print(name, f"{tuned - at:.0f} + {time.time() - tuned:.0f} s", flush=True)
        for pool in result:
            np.savez(f"{paths[2]}/{name}.{pool}.tmp.npz", rows=asked[pool], logits=result[pool])
            Path(f"{paths[2]}/{name}.{pool}.tmp.npz").rename(f"{paths[2]}/{name}.{pool}.npz")
        done.put(name)


def main(data_path, weights_path, folder):
    begun = time.time()
    Path(folder).mkdir(exist_ok=True, parents=True)
    data = np.load(data_path)
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    listed = jobs(data)
    words = np.arange(len(data["words_pieces_n"]))[: 50 if TINY else None]
    listed.insert(0, ("words", 0, None, {"words": words}))
    if "ONLY" in os.environ:
        listed = [job for job in listed if job[0].startswith(os.environ["ONLY"])]
    if TINY:
        listed = listed[:3]
    for job in listed:
        todo.put(job)
    workers = [
        context.Process(
            target=work, args=(todo, done, (data_path, weights_path, folder)), daemon=True
        )
        for _ in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    finished = set()
    while len(finished) < len(listed) and time.time() - begun < UNTIL:
        try:
            finished.add(done.get(timeout=1))
        except queue.Empty:
            if not any(worker.is_alive() for worker in workers):
                break
    print("missing:", sorted({job[0] for job in listed} - finished), f"{time.time() - begun:.0f} s")
    for worker in workers:
        worker.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])
