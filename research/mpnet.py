"""The teacher: all-mpnet-base-v2 with mean pooling and a linear head, in minimal code."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

LAYERS, HEADS, SIZE, INNER = 12, 12, 768, 3072
BUCKETS, FARTHEST = 32, 128
PAD = 1


def norm():
    return nn.LayerNorm(SIZE, eps=1e-5)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(SIZE, SIZE) for _ in range(4))
        self.up, self.down = nn.Linear(SIZE, INNER), nn.Linear(INNER, SIZE)
        self.norm_1, self.norm_2 = norm(), norm()

    def forward(self, x, bias, dropout):
        b, t, _ = x.shape
        q, k, v = (
            f(x).view(b, t, HEADS, SIZE // HEADS).transpose(1, 2) for f in (self.q, self.k, self.v)
        )
        mixed = F.scaled_dot_product_attention(
            q, k, v, attn_mask=bias.to(q.dtype), dropout_p=dropout
        )
        mixed = self.o(mixed.transpose(1, 2).reshape(b, t, SIZE))
        x = self.norm_1(x + F.dropout(mixed, dropout, dropout > 0))
        inner = self.down(F.gelu(self.up(x)))
        return self.norm_2(x + F.dropout(inner, dropout, dropout > 0))


class Teacher(nn.Module):
    """Map piece ids (batch, time), padded with `PAD`, to mean-pooled states and seven logits."""

    def __init__(self, pieces, classes=7):
        super().__init__()
        self.words = nn.Embedding(pieces, SIZE)
        self.places = nn.Embedding(514, SIZE)
        self.norm = norm()
        self.bias = nn.Embedding(BUCKETS, HEADS)
        self.bias.requires_grad_(False)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.head = nn.Linear(SIZE, classes)

    def pooled(self, ids, dropout=0.0):
        t = ids.shape[1]
        there = ids != PAD
        places = torch.arange(2, t + 2, device=ids.device)
        x = self.norm(self.words(ids) + self.places(places))
        x = F.dropout(x, dropout, dropout > 0)
        far = places[None, :] - places[:, None]  # key minus query
        bias = self.bias(bucket(far)).permute(2, 0, 1)[None]  # (1, heads, t, t)
        bias = bias.masked_fill(~there[:, None, None, :], -1e4)
        for layer in self.layers:
            x = layer(x, bias, dropout)
        weight = there[..., None].float()
        return (x.float() * weight).sum(1) / weight.sum(1)

    def forward(self, ids, dropout=0.0):
        return self.head(F.dropout(self.pooled(ids, dropout), dropout, dropout > 0))


def bucket(far):
    """Return T5's buckets of relative positions: exact when near, logarithmic when far."""
    half = BUCKETS // 2
    exact = half // 2
    near = far.abs()
    log = torch.log(near.clamp(min=1).float() / exact) / math.log(FARTHEST / exact)
    large = (exact + (log * (half - exact)).long()).clamp(max=half - 1)
    # The published weights count from the query: later positions are in the first half.
    return torch.where(far > 0, half, 0) + torch.where(near < exact, near, large)


NAMES = {
    "attention.attn.q": "q", "attention.attn.k": "k", "attention.attn.v": "v",
    "attention.attn.o": "o", "attention.LayerNorm": "norm_1", "intermediate.dense": "up",
    "output.dense": "down", "output.LayerNorm": "norm_2",
}  # fmt: skip


def load(arrays):
    """Build the teacher from the published weights (some of them int8 with a scale per row)."""

    def get(name):
        array = arrays[name].astype(np.float32)
        return torch.from_numpy(array * arrays[name + "#s"] if name + "#s" in arrays else array)

    words = get("embeddings.word_embeddings.weight")
    state = {
        "words.weight": words,
        "places.weight": get("embeddings.position_embeddings.weight"),
        "norm.weight": get("embeddings.LayerNorm.weight"),
        "norm.bias": get("embeddings.LayerNorm.bias"),
        "bias.weight": get("encoder.relative_attention_bias.weight"),
    }
    for layer in range(LAYERS):
        for theirs, ours in NAMES.items():
            for kind in ("weight", "bias"):
                state[f"layers.{layer}.{ours}.{kind}"] = get(
                    f"encoder.layer.{layer}.{theirs}.{kind}"
                )
    teacher = Teacher(len(words))
    missing, unexpected = teacher.load_state_dict(state, strict=False)
    assert not unexpected and all(name.startswith("head") for name in missing), (
        missing,
        unexpected,
    )
    return teacher
