"""Train a group of students, each with its own idea, fold and seed."""

import math
import time

import numpy as np
import torch
import torch.nn.functional as F
from students import CLASSES, Students

LONGEST = 80  # words read of a text while learning
CHUNK = 50  # batches sorted by length together


class Sampler:
    """Yield one student's batches from its three pools, of similar length within a group."""

    def __init__(self, pools, batch, lengths, seed):
        self.random = np.random.default_rng(seed)
        self.pools, self.batch, self.lengths = pools, batch, lengths
        self.left = [np.empty(0, np.int64) for _ in pools]

    def chunk(self):
        parts = []
        for at, size in enumerate(self.batch):
            if not size:
                continue
            while len(self.left[at]) < CHUNK * size:
                fresh = self.random.permutation(self.pools[at])
                self.left[at] = np.concatenate([self.left[at], fresh])
            some, self.left[at] = self.left[at][: CHUNK * size], self.left[at][CHUNK * size :]
            some = some[np.argsort(self.lengths[some], kind="stable")]
            parts.append(some.reshape(CHUNK, size))
        return np.concatenate(parts, 1)  # (CHUNK, batch)


def train_group(ideas, world, device, checkpoints, until):
    """Train each (idea, fold, seed); all ideas have one shape. Return records and logits."""
    members = ideas
    idea = members[0][0]
    k = len(members)
    opt = {}
    for name in ("vector_dropout", "pooled_dropout", "smoothing", "mixup", "pull", "soft",
                 "temperature", "word_dropout"):  # fmt: skip
        opt[name] = torch.tensor([float(getattr(m[0], name)) for m in members], device=device)
    opt["any_mixup"] = bool((opt["mixup"] > 0).any())
    opt["pool"] = torch.tensor([m[0].pool for m in members], device=device)
    tables, dims = zip(*(world.table(m[0]) for m in members), strict=True)
    opt["dims"] = torch.stack(dims).to(device)
    students = Students(
        k, idea, torch.stack([world.allowed_table(t, m[1]) for t, m in zip(tables, members)]).to(device),
        [m[2] * 100 + m[1] for m in members], world.grams, world.gram_buckets, device,
    )  # fmt: skip
    start = students.table.detach().clone() if (opt["pull"] > 0).any() else None
    groups = [
        {"params": [p for n, p in students.named_parameters() if n != "table"], "lr": idea.rate}
    ]
    if idea.word_rate > 0:
        groups.append({"params": [students.table], "lr": idea.rate * idea.word_rate})
    optimiser = torch.optim.Adam(groups, eps=1e-7, fused=device != "cpu")
    base_rates = [g["lr"] for g in optimiser.param_groups]
    parameters = [p for p in students.parameters() if p.requires_grad]
    average = [p.detach().clone() for p in parameters]
    samplers = [world.sampler(*m) for m in members]
    folds = torch.tensor([m[1] for m in members], device=device)
    which = torch.tensor([world.target_kinds.index(m[0].targets) for m in members], device=device)
    sharpen = torch.tensor([m[0].sharpen for m in members], device=device)
    repaired = torch.tensor([m[0].repaired for m in members], device=device)
    torch.manual_seed(1234)
    shared = np.random.default_rng(99)
    records, final = [], None
    order, at = [], 0
    batch = sum(idea.batch)
    for step in range(1, idea.steps + 1):
        if at == len(order):
            cut = np.stack([s.chunk() for s in samplers])  # (k, CHUNK, batch)
            longest = np.minimum(world.lengths[cut].max((0, 2)), LONGEST)
            cut = torch.from_numpy(cut).to(device)
            order, at = shared.permutation(CHUNK), 0
        j = int(order[at])
        at += 1
        rows, t = cut[:, j], int(longest[j])
        ids = world.read(rows, t, folds, repaired)
        n = world.n[rows].clamp(max=t)
        drop = torch.rand(k, batch, t, device=device) < opt["word_dropout"][:, None, None]
        ids = torch.where(drop & (ids > 1), 1, ids)
        truth = world.labels[rows]  # (k, batch); 0 where there is none
        labelled = world.labelled[rows].float()
        teacher = (
            world.targets[which[:, None], folds[:, None], rows].float() * sharpen[:, None, None]
        )
        if idea.schedule != "constant":
            share = step / idea.steps
            factor = min(1.0, step / 100) * (0.5 + 0.5 * math.cos(math.pi * share))
            for group, rate in zip(optimiser.param_groups, base_rates, strict=True):
                group["lr"] = rate * factor
        logits, lam = students(ids, n, opt, training=True)
        hard = F.one_hot(truth, CLASSES).float()
        if lam is not None:
            hard = lam * hard + (1 - lam) * hard.flip(1)
        smooth = opt["smoothing"][:, None, None]
        hard = hard * (1 - smooth) + smooth / CLASSES
        loss = -(hard * logits.log_softmax(-1)).sum(-1) * labelled
        if opt["soft"].max() > 0 or batch > idea.batch[0]:
            heat = opt["temperature"][:, None, None]
            wanted = (teacher / heat).softmax(-1)
            soft = -(wanted * (logits / heat).log_softmax(-1)).sum(-1) * heat[..., 0] ** 2
            w = torch.where(labelled > 0, opt["soft"][:, None], 1.0)
            loss = (1 - w) * loss + w * soft
        total = loss.mean(1).sum()
        if start is not None:
            total = total + (opt["pull"] * ((students.table - start) ** 2).sum((1, 2))).sum()
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        optimiser.step()
        d = min(idea.decay, step / (step + 10))
        torch._foreach_lerp_(average, [p.detach() for p in parameters], 1 - d)
        if step in checkpoints or step == idea.steps or time.time() > until:
            raw = world.judge(students, members, opt)
            kept = [p.detach().clone() for p in parameters]
            with torch.no_grad():
                for p, a in zip(parameters, average, strict=True):
                    p.copy_(a)
            averaged = world.judge(students, members, opt)
            for m, r, a in zip(members, raw[0], averaged[0], strict=True):
                records.append((m[0].name, m[1], m[2], step, *a, *r))
            final = averaged[1]
            if step < idea.steps:
                with torch.no_grad():
                    for p, v in zip(parameters, kept, strict=True):
                        p.copy_(v)
            if time.time() > until:
                break
    return records, final, students
