"""Many small Bi-LSTMs at once on one GPU: one training step of all of them is one batched product.

The product's network (`emojify_core/ml/model/network.py`) with a leading dimension for the students k:
same dropouts and optimizer, and nearly the same initial scale of the weights (the last layer and the
layer normalisation count a third pool that may be 0). Tensors of shape (k,) hold the differences
between the students of a group. Another shape needs another group.
"""

import math

import torch
import torch.nn.functional as F
from recurrence import recur

CLASSES = 7


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
        if idea.norm:
            self.scale = draw(lambda: torch.ones(features))
            self.shift = draw(lambda: torch.zeros(features))
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
        weights = torch.stack([share, there / n[..., None]], 2)  # (k, b, 2, t)
        means = (weights @ s).unbind(2)
        pools = [
            means[0] * o["pool"][:, 0, None, None],
            s.masked_fill(~there[..., None], -1e9).amax(2) * o["pool"][:, 1, None, None],
            means[1] * o["pool"][:, 2, None, None],
        ]
        if self.idea.skip:
            pools.append(x.masked_fill(~there[..., None], -1e9).amax(2))
            pools.append((x * there[..., None]).sum(2) / n[..., None])
        p = torch.cat(pools, -1)  # (k, b, features)
        if self.idea.norm:
            p = F.layer_norm(p, p.shape[-1:]) * self.scale[:, None] + self.shift[:, None]
        mixed = None
        if training and o["any_mixup"]:  # each with its opposite in the batch, of like length
            share = torch.rand(k, 1, 1, device=dev) * 0.5 + 0.5
            mixed = torch.where(o["mixup"][:, None, None] > 0, share, 1.0)
            p = mixed * p + (1 - mixed) * p.flip(1)
        if training:
            rate = o["pooled_dropout"][:, None, None]
            p = p * (torch.rand_like(p) >= rate) / (1 - rate)
        logits = torch.baddbmm(self.out_bias[:, None], p, self.out)
        if self.idea.bag:
            v = F.embedding(flat, self.bag.view(k * words, -1)) * there[..., None]
            if training:
                v = v * (torch.rand(k, b, t, 1, device=dev) >= 0.5) * 2
            logits = logits + v.sum(2) / n[..., None].sqrt()
        return logits, mixed
