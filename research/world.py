"""The students' training and evaluation data, on the GPU."""

import numpy as np
import torch
from scoring import nll, score
from training import LONGEST, Sampler

FOLDS = 5


def ragged(flat, n):
    out = np.zeros((len(n), LONGEST), np.int32)
    start = np.concatenate([[0], np.cumsum(n.astype(np.int64))])
    for row, words in enumerate(n):
        size = min(int(words), LONGEST)
        out[row, :size] = flat[start[row] : start[row] + size]
    return out


class World:
    target_kinds = ("oof", "seen", "mixed", "self")

    def __init__(self, data, stored, encoder_words, grams, fixed, device):
        """Use `stored(name)` for a teacher's logits, such as "outer-0/free"."""
        self.device, self.data = device, data
        rows, made, free = (
            ragged(data[f"{p}_ids"], data[f"{p}_ids_n"]) for p in ("rows", "made", "free")
        )
        ids = np.concatenate([rows, made, free])
        used = np.unique(np.concatenate([[0, 1], np.unique(ids), np.unique(fixed)]))
        number = np.zeros(len(data["glove"]), np.int32)
        number[used] = np.arange(len(used))
        self.used = used
        self.lengths = (
            np.concatenate([data[f"{p}_ids_n"] for p in ("rows", "made", "free")])
            .astype(np.int64)
            .clip(max=LONGEST)
        )
        n_rows, n_made = len(rows), len(made)
        self.first_free = n_rows + n_made
        self.ids = torch.from_numpy(number[ids]).to(device).long()
        repaired = number[ragged(fixed, data["rows_ids_n"])]
        self.repaired = torch.from_numpy(repaired).to(device).long()
        self.n = torch.from_numpy(self.lengths).to(device)
        labels = np.zeros(len(ids), np.int64)
        labels[:n_rows] = data["labels"]
        self.labels = torch.from_numpy(labels).to(device)
        self.labelled = torch.zeros(len(ids), dtype=torch.bool, device=device)
        self.labelled[:n_rows] = True
        fold, parents = data["fold"], data["parents"]
        outside = np.isin(np.arange(n_rows), data["outside"])
        self.fold, self.parents, self.outside = fold, parents, outside
        # The words a fold's students know: frequent words and those of its own rows.
        allowed = np.zeros((FOLDS, len(used)), bool)
        for f in range(FOLDS):
            own = outside & (fold != f)
            allowed[f] = data["frequent"][used]
            allowed[f, number[np.unique(rows[own])]] = True
        self.allowed = torch.from_numpy(allowed).to(device)
        # Targets.
        targets = np.zeros((len(self.target_kinds), FOLDS, len(ids), 7), np.float16)
        words = np.zeros((FOLDS, len(used), 7), np.float32)
        cut_free = slice(self.first_free, None)
        for f in range(FOLDS):
            asked = np.flatnonzero(fold[parents] != f)
            targets[1, f, :n_rows] = stored(f"outer-{f}/rows")
            targets[1, f, n_rows + asked] = stored(f"outer-{f}/made")
            targets[:, f, cut_free] = stored(f"outer-{f}/free")
            words[f] = stored(f"outer-{f}/words")[used]
            for g in range(FOLDS):
                if g == f:
                    continue
                a, b = min(f, g), max(f, g)
                held = np.flatnonzero(((fold == a) | (fold == b)) & outside)
                logits, take = stored(f"pair-{a}-{b}/rows"), fold[held] == g
                targets[0, f, held[take]] = logits[take]
                held = np.flatnonzero((fold[parents] == a) | (fold[parents] == b))
                logits, take = stored(f"pair-{a}-{b}/made"), fold[parents[held]] == g
                targets[0, f, n_rows + held[take]] = logits[take]
        targets[2, :, : self.first_free] = (
            targets[0, :, : self.first_free].astype(np.float32) + targets[1, :, : self.first_free]
        ) / 2
        self.targets = torch.from_numpy(targets).to(device)
        # Word vectors, each scaled about like GloVe's.
        glove = data["glove"][used].astype(np.float32)
        encoder = encoder_words[used].astype(np.float32)
        encoder -= encoder[2:].mean(0)
        encoder *= 0.5 / encoder[2:, :64].std()
        encoder[0] = 0
        encoder[1] = encoder[len(used) // 2 :].mean(0)
        words -= words[:, 2:].mean(1, keepdims=True)
        words *= 0.6 / words[:, 2:].std((1, 2), keepdims=True)
        words[:, :2] = 0
        self.glove, self.encoder = torch.from_numpy(glove), torch.from_numpy(encoder)
        self.opinions = torch.from_numpy(words)
        self.grams = torch.from_numpy(grams[used].astype(np.int64)).to(device)
        self.gram_buckets = int(grams.max()) + 1
        first = np.isin(data["free_ids"], data["self_words"])
        start = np.concatenate([[0], np.cumsum(data["free_ids_n"].astype(np.int64))])
        says_i = np.add.reduceat(first, start[:-1]) > 0
        enough = data["free_ids_n"] >= 5
        self.free = {
            "all": self.first_free + np.flatnonzero(data["free_ids_n"] >= 3),
            "first": self.first_free + np.flatnonzero(says_i & enough),
        }
        self.n_rows = n_rows

    def table(self, idea):
        a, b, c = idea.table
        table = torch.zeros(len(self.used), idea.dims)
        table[:, :a] = self.glove[:, :a]
        table[:, a : a + b] = self.encoder[:, :b]
        dims = torch.zeros(idea.dims)
        dims[: a + b + c] = 1
        self._opinions = (a + b, c)
        return (table, (a + b, c)), dims

    def allowed_table(self, made, fold):
        table, (start, size) = made
        table = table.clone()
        if size:
            table[:, start : start + size] = self.opinions[fold]
        return table

    def sampler(self, idea, fold, seed):
        own = self.outside & (self.fold != fold)
        made = own[self.parents]
        within = np.arange(len(made)) % 16  # six parts, then ten crossings; rows of one word: none
        if idea.kind != "both":
            made &= (within < 6) == (idea.kind == "parts")
        pools = (np.flatnonzero(own), self.n_rows + np.flatnonzero(made), self.free[idea.who])
        return Sampler(pools, idea.batch, self.lengths, 1000 * seed + fold)

    def read(self, rows, t, folds, repaired):
        ids = self.ids[:, :t][rows]
        if repaired.any():
            mended = self.repaired[:, :t][rows.clamp(max=self.n_rows - 1)]
            use = repaired[:, None, None] & (rows < self.n_rows)[..., None]
            ids = torch.where(use, mended, ids)
        return torch.where(self.allowed[folds[:, None, None], ids], ids, 1) * (ids > 0)

    def held(self, fold):
        return np.flatnonzero(self.outside & (self.fold == fold))

    @torch.no_grad()
    def answer(self, students, rows_of, members, opt, size=128):
        """Return each student's logits of its own rows, a list of (rows, 7)."""
        orders = [rows[np.argsort(self.lengths[rows], kind="stable")] for rows in rows_of]
        most = max(map(len, orders))
        padded = np.stack([np.concatenate([o, np.repeat(o[-1:], most - len(o))]) for o in orders])
        folds = torch.tensor([m[1] for m in members], device=self.device)
        repaired = torch.tensor([m[0].repaired for m in members], device=self.device)
        parts = []
        for at in range(0, most, size):
            cut = padded[:, at : at + size]
            t = int(self.lengths[cut].max())
            rows = torch.from_numpy(cut).to(self.device)
            ids = self.read(rows, t, folds, repaired)
            parts.append(students(ids, self.n[rows], opt, training=False)[0])
        logits = torch.cat(parts, 1).cpu().numpy()
        out = []
        for rows, order, one in zip(rows_of, orders, logits, strict=True):
            back = np.empty((len(rows), 7), np.float32)
            back[np.argsort(self.lengths[rows], kind="stable")] = one[: len(order)]
            out.append(back)
        return out

    def judge(self, students, members, opt):
        rows_of = [self.held(m[1]) for m in members]
        logits = self.answer(students, rows_of, members, opt)
        scores = []
        for rows, one in zip(rows_of, logits, strict=True):
            truth = self.data["labels"][rows]
            scores.append((*score(one, truth), nll(one, truth)))
        return scores, logits

    def teach_self(self, students, members, opt):
        """Make the mean of these students (one idea, some seeds) each fold's teacher "self"."""
        rows_of = {}
        for f in {m[1] for m in members}:
            made = self.n_rows + np.flatnonzero((self.outside & (self.fold != f))[self.parents])
            rows_of[f] = np.concatenate([made, self.free["all"]])
        logits = self.answer(students, [rows_of[m[1]] for m in members], members, opt, size=1024)
        for f, rows in rows_of.items():
            mine = [one for m, one in zip(members, logits, strict=True) if m[1] == f]
            self.targets[3, f, torch.from_numpy(rows)] = (
                torch.from_numpy(np.mean(mine, 0)).half().to(self.device)
            )
