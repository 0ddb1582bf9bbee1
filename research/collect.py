"""Collect the teachers' logits in a few files, and print the teachers' quality."""

import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score, f1_score

TEST = 4


def main(data_path, folder, out):
    data, folder, out = np.load(data_path), Path(folder), Path(out)
    labels, part, fold = (data[name] for name in ("labels", "part", "fold"))
    found = sorted({path.name.rsplit(".", 2)[0] for path in folder.glob("*.npz")} - {"words"})
    groups = {"product": {}, "outer": {}, "pairs": {}}
    for name in found:
        kind = {"product": "product", "outer": "outer", "pair": "pairs"}[name.split("-")[0]]
        if "without" in name:
            kind = "pairs"
        for path in folder.glob(f"{name}.*.npz"):
            stored = np.load(path)
            pool = path.name.rsplit(".", 2)[1]
            groups[kind][f"{name}/{pool}"] = stored["logits"]
            if pool == "rows":
                rows, answers = stored["rows"], stored["logits"].argmax(1)
                if name.startswith("product") and "without" not in name:
                    judged = part[rows] == TEST
                elif name.startswith("outer"):
                    judged = (fold[rows] == int(name.split("-")[1])) & np.isin(
                        rows, data["outside"]
                    )
                else:
                    judged = np.ones(len(rows), bool)
                truth, said = labels[rows][judged], answers[judged]
                print(
                    f"{name:20} {judged.sum():5} rows  accuracy {accuracy_score(truth, said):.4f}  macro-F1 {f1_score(truth, said, average='macro'):.4f}"
                )
    outer = groups["outer"]  # twins as their mean
    groups["outer"] = {
        name.replace("-0/", "/"): (outer[name].astype(np.float32) / 2 + outer[name.replace("-0/", "-1/", 1)] / 2).astype(np.float16)
        for name in outer if name[7:10] == "-0/" and name.replace("-0/", "-1/", 1) in outer
    }  # fmt: skip
    for kind, arrays in groups.items():
        if not arrays:
            continue
        np.savez_compressed(out / f"{kind}.npz", **arrays)
    if (folder / "words.words.npz").exists():
        vectors = np.load(folder / "words.words.npz")["logits"].astype(np.float32)
        vectors -= vectors.mean(0)
        values, axes = np.linalg.eigh(vectors.T @ vectors)
        axes = axes[:, ::-1][:, :128]
        print(
            "PCA holds",
            [round(float(values[::-1][:n].sum() / values.sum()), 3) for n in (32, 64, 128)],
        )
        np.savez(out / "words.npz", vectors=(vectors @ axes).astype(np.float16))


main(*sys.argv[1:])
