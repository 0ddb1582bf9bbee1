"""`make bench-corrections`: the effect of fifty corrections, in the article's way and in ours.

The shipped model predicts their sentences wrongly. Each learner gets them one at a time, so that
updates build on each other, and all in one batch.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from correction_rows import Rows, choose
from correction_serving import measure_serving
from correction_table import markdown
from numpy.typing import NDArray

from emojify_core.ml.correction_learning.labelled_text import LabelledText
from emojify_core.ml.correction_learning.margins import log_odds_margins
from emojify_core.ml.correction_learning.update_data import find_update_data
from emojify_core.ml.evaluation.metrics import confusion_matrix, macro_f1
from emojify_core.ml.evaluation.paired_comparison import compare
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED, load_manifest
from emojify_core.tokenizer import tokenize
from worker.training.__main__ import limit_tensorflow

if TYPE_CHECKING:
    from correction_learners import Learner

SERVED = 20  # corrections given over HTTP, one at a time and as one batch


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--psychexp", type=Path, default=os.environ.get("EMOJIFY_PSYCHEXP"))
    parser.add_argument("--split", default="test", choices=("validation", "test"))
    parser.add_argument("--number", type=int, default=50, help="of corrections")
    parser.add_argument("--skip", type=int, default=0, help="so many corrections before the first")
    parser.add_argument("--out", type=Path, default=Path("docs/bench"))
    arguments = parser.parse_args()
    if arguments.psychexp is None:
        parser.error("name PsychExp's raw.pickle with --psychexp or in EMOJIFY_PSYCHEXP")
    limit_tensorflow()  # like the training worker
    rows = choose(arguments.psychexp, arguments.split, arguments.number, arguments.skip)
    with tempfile.TemporaryDirectory() as folder:
        results = measure(rows, learners(Path(folder), arguments.psychexp, rows))
    report = {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}, load {os.getloadavg()[0]:.1f}",
        "model": load_manifest(SHIPPED).sha256,
        "split": arguments.split,
        "corrections": len(rows.corrected),
        "paraphrases": len(rows.paraphrases),
        "untouched": len(rows.untouched.texts),
        "results": results,
        "serving": [
            {"judged_on": name, **row}
            for name, data in (("PsychExp", arguments.psychexp), ("the starter set", None))
            for row in measure_serving(rows.corrected[:SERVED], data)
        ],
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "corrections.json").write_text(json.dumps(report, indent=1) + "\n")
    (arguments.out / "corrections.md").write_text(markdown(report))
    print(markdown(report))


def learners(folder: Path, psychexp: Path, rows: Rows) -> "Mapping[str, Callable[[], Learner]]":
    """Return the compared ways by name."""
    from correction_learners import ArticleMethod, OurMethod  # noqa: PLC0415 - TensorFlow

    longest = max(len(tokenize(one.text)) for one in rows.corrected)
    with_psychexp, without = find_update_data(psychexp), find_update_data(None)
    return {
        "the article's": lambda: ArticleMethod(folder, longest),
        "ours, judged on PsychExp": lambda: OurMethod(folder, with_psychexp),
        "ours, judged on the starter set": lambda: OurMethod(folder, without),
    }


def measure(rows: Rows, ways: "Mapping[str, Callable[[], Learner]]") -> list[dict[str, Any]]:
    """Let each learner learn the corrections one at a time, and a fresh one all at once."""
    results = []
    for name, make in ways.items():
        for given, size in (("one at a time", 1), ("one batch", len(rows.corrected))):
            results.append({"way": name, "given": given, **run(make(), rows, size)})
            print(json.dumps(results[-1]))
    return results


def run(learner: "Learner", rows: Rows, size: int) -> dict[str, Any]:
    """Learn the corrections in groups of `size`; then measure what is kept and what is lost."""
    base = learner.predictor()
    seconds, held = [], 0
    for start in range(0, len(rows.corrected), size):
        group = rows.corrected[start : start + size]
        seconds.append(learner.learn(group))
        held += int((log_odds_margins(learner.predictor(), group) > 0).sum())
    final = learner.predictor()
    before, after = (predict(one, rows.untouched.texts) for one in (base, final))
    change = compare(before, after, rows.untouched.labels)
    f1 = [macro_f1(confusion_matrix(one, rows.untouched.labels)) for one in (before, after)]
    return {
        "held_after_own": held / len(rows.corrected),
        "held_at_end": accuracy(final, rows.corrected),
        "refused": learner.refused,
        "paraphrases_before": accuracy(base, rows.paraphrases),
        "paraphrases_after": accuracy(final, rows.paraphrases),
        "accuracy_before": float((before == rows.untouched.labels).mean()),
        "accuracy_change": -change.overall.loss,
        "macro_f1_before": f1[0],
        "macro_f1_change": f1[1] - f1[0],
        "standard_error": change.overall.standard_error,
        "right_to_wrong": change.overall.worse,
        "wrong_to_right": change.overall.better,
        "seconds_median": median(seconds),
        "seconds_most": max(seconds),
    }


def predict(predictor: Predictor, texts: Sequence[str]) -> NDArray[np.intp]:
    """Return the predicted labels: (texts,), positions in LABELS."""
    given: NDArray[np.intp] = predictor.predict(texts).probabilities.argmax(axis=1)
    return given


def accuracy(predictor: Predictor, texts: Sequence[LabelledText]) -> float:
    """Return the share of texts with their label; NaN without texts."""
    return float((log_odds_margins(predictor, texts) > 0).mean()) if texts else float("nan")


if __name__ == "__main__":
    main()
