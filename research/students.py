"""Many small Bi-LSTMs at once on one GPU: one training step of all of them is one batched product.

The product's network (`emojify_core/ml/network.py`) with a leading dimension for the students k:
same starting weights' distributions, dropouts, optimiser. What differs between the students of a
group is in tensors of shape (k,); what differs in shape makes another group.
"""

import dataclasses
import math
import time
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

CLASSES = 7
LONGEST = 80  # words read of a text while learning
CHUNK = 50  # batches sorted by length together


@dataclass(frozen=True)
class Idea:
    """One way to train; `name` is its row in the table."""

    name: str
    # shape of the network: students of one group share these
    dims: int = 50
    units: int = 128
    layers: int = 1
    skip: bool = False
    bag: bool = False
    grams: bool = False
    rate: float = 2e-3
    word_rate: float = 1.0  # of the word vectors, relative to `rate`; 0: frozen
    steps: int = 1800
    batch: tuple = (64, 0, 0)  # labelled, recombined, free texts
    decay: float = 0.995
    schedule: str = "constant"
    # the rest may differ within a group
    table: tuple = (50, 0, 0)  # dimensions of GloVe, of the encoder, of the teacher's opinions
    pool: tuple = (1.0, 1.0, 0.0)  # attention, maximum, mean
    word_dropout: float = 0.15
    vector_dropout: float = 0.5
    pooled_dropout: float = 0.5
    smoothing: float = 0.0
    mixup: float = 0.0
    pull: float = 0.0
    soft: float = 0.0  # weight of the soft targets on labelled rows
    temperature: float = 1.0
    targets: str = "oof"  # or "seen": teachers that learned from the row itself
    sharpen: float = 1.0
    kind: str = "both"  # of recombined texts: "parts", "crossings" or "both"
    who: str = "all"  # free texts: "all" or "first" person
    repaired: bool = False

    def shape(self):
        fields = [f.name for f in dataclasses.fields(self)]
        return tuple(getattr(self, f) for f in fields[1 : fields.index("table")])


def cell(gates, c):
    """One step of an LSTM: gates (n, b, 4u) in the order i, f, c, o, and state (n, b, u)."""
    i, f, g, o = gates.chunk(4, -1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def recur(x_gates, recurrent):
    """x_gates (n, b, t, 4u), recurrent (n, u, 4u) to states (n, b, t, u)."""
    n, b, _, u4 = x_gates.shape
    h = x_gates.new_zeros(n, b, u4 // 4)
    c, out = h, []
    for step in x_gates.transpose(1, 2).unbind(1):  # t of (n, b, 4u)
        h, c = cell(step + torch.bmm(h, recurrent), c)
        out.append(h)
    return torch.stack(out, 2)


class Students(torch.nn.Module):
    def __init__(self, k, idea, tables, seeds, grams, gram_buckets, device):
        super().__init__()
        self.k, self.idea, d, u = k, idea, idea.dims, idea.units
        generator = torch.Generator().manual_seed(0)

        def draw(make):  # a student's start depends on its own seed only
            parts = []
            for seed in seeds:
                generator.manual_seed(int(seed) + 1)
                parts.append(make())
            return torch.nn.Parameter(torch.stack(parts).to(device))

        def glorot(a, b):
            limit = math.sqrt(6 / (a + b))
            return (torch.rand(a, b, generator=generator) * 2 - 1) * limit

        def orthogonal():
            return torch.linalg.qr(torch.randn(4 * u, u, generator=generator))[0].T.contiguous()

        bias = torch.zeros(4 * u)
        bias[u : 2 * u] = 1.0
        self.table = torch.nn.Parameter(tables)  # (k, words, d)
        self.table.requires_grad_(idea.word_rate > 0)
        self.lstm = torch.nn.ParameterList()
        for layer in range(idea.layers):
            size = d if layer == 0 else 2 * u
            self.lstm += [
                draw(lambda s=size: torch.stack([glorot(s, 4 * u), glorot(s, 4 * u)])),
                draw(lambda: torch.stack([orthogonal(), orthogonal()])),
                draw(lambda: torch.stack([bias, bias])),
            ]
        self.attention = draw(lambda: glorot(2 * u, 64))
        self.attention_bias = draw(lambda: torch.zeros(64))
        self.attention_vector = draw(lambda: torch.randn(64, generator=generator) * 0.1)
        features = 6 * u + (2 * d if idea.skip else 0)
        self.out = draw(lambda: glorot(features, CLASSES))
        self.out_bias = draw(lambda: torch.zeros(CLASSES))
        if idea.bag:
            self.bag = torch.nn.Parameter(torch.zeros(k, tables.shape[1], CLASSES, device=device))
        if idea.grams:
            self.grams = draw(lambda: torch.randn(gram_buckets, d, generator=generator) * 0.05)
            self.gram_ids = grams

    def forward(self, ids, n, o, training):
        k, b, t = ids.shape
        dev = ids.device
        offset = torch.arange(k, device=dev)[:, None, None]
        words = self.table.shape[1]
        flat = ids + offset * words
        x = F.embedding(flat, self.table.view(k * words, -1))
        if self.idea.grams:
            g = self.gram_ids[ids]  # (k, b, t, most)
            size = self.grams.shape[1]
            v = F.embedding(g + offset[..., None] * size, self.grams.view(k * size, -1))
            x = x + (v * (g > 0)[..., None]).sum(3) / (g > 0).sum(3, keepdim=True).clamp(min=1)
        x = x * o["dims"][:, None, None, :]
        if training:
            rate = o["vector_dropout"][:, None, None, None]
            keep = (torch.rand(k, b, 1, x.shape[-1], device=dev) >= rate).float()
            x = x * keep / (1 - rate)
        place = torch.arange(t, device=dev)
        there = place < n[..., None]  # (k, b, t)
        back = torch.where(there, n[..., None] - 1 - place, place)  # reversed within each text
        s = x
        for layer in range(self.idea.layers):
            kernel, recurrent, bias = self.lstm[3 * layer : 3 * layer + 3]
            size = s.shape[-1]
            rev = s.gather(2, back[..., None].expand(-1, -1, -1, size))
            both = torch.stack([s, rev], 1).view(2 * k, b * t, size)
            gates = torch.baddbmm(
                bias.reshape(2 * k, 1, -1), both, kernel.reshape(2 * k, size, -1)
            ).view(2 * k, b, t, -1)
            states = recur(gates, recurrent.reshape(2 * k, *recurrent.shape[2:]))
            states = states.view(k, 2, b, t, -1)
            rev = states[:, 1].gather(2, back[..., None].expand(-1, -1, -1, states.shape[-1]))
            s = torch.cat([states[:, 0], rev], -1)  # (k, b, t, 2u)
        hidden = torch.tanh(
            torch.baddbmm(self.attention_bias[:, None], s.view(k, b * t, -1), self.attention)
        )
        scores = (hidden * self.attention_vector[:, None]).sum(-1).view(k, b, t)
        share = scores.masked_fill(~there, -1e9).softmax(-1)
        pools = [
            (share[..., None] * s).sum(2) * o["pool"][:, 0, None, None],
            s.masked_fill(~there[..., None], -1e9).amax(2) * o["pool"][:, 1, None, None],
            (s * there[..., None]).sum(2) / n[..., None] * o["pool"][:, 2, None, None],
        ]
        if self.idea.skip:
            pools.append(x.masked_fill(~there[..., None], -1e9).amax(2))
            pools.append((x * there[..., None]).sum(2) / n[..., None])
        p = torch.cat(pools, -1)  # (k, b, features)
        truth_mix = None
        if training and o["any_mixup"]:
            alpha = o["mixup"][:, None, None]
            lam = torch.where(alpha > 0, torch.rand(k, 1, 1, device=dev) * 0.5 + 0.5, 1.0)
            p = lam * p + (1 - lam) * p.flip(1)
            truth_mix = lam
        if training:
            rate = o["pooled_dropout"][:, None, None]
            p = p * (torch.rand_like(p) >= rate) / (1 - rate)
        logits = torch.baddbmm(self.out_bias[:, None], p, self.out)
        if self.idea.bag:
            v = F.embedding(flat, self.bag.view(k * words, -1)) * there[..., None]
            if training:
                v = v * (torch.rand(k, b, t, 1, device=dev) >= 0.5) * 2
            logits = logits + v.sum(2) / n[..., None].sqrt()
        return logits, truth_mix


class Sampler:
    """One student's endless batches from its three pools, of like length within a chunk."""

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
    """Train every (idea, fold, seed) of the list; all ideas share a shape. Gives records, logits."""
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
