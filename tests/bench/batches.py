"""`make bench-batches`: large files through the API, compared with the engine alone.

One run measures everything: the engine before and after, predictions with and without a batch
beside them, and the memory of worker and web.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from background_client import predicting
from batch_rows import long_texts, short_texts
from batch_runs import engine_rate, run_batch, watching_memory
from batch_table import markdown

from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED
from support.homes import fresh_home
from support.stack import RAISED, Stack

IDLE = 15.0  # seconds of predictions without a batch, before and after those with one
ENGINE_ROWS = 20_000  # at most, before and after the long batch
WARM_ROWS = 5_000  # sent first; memory is compared from then on


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--psychexp", type=Path, default=os.environ.get("EMOJIFY_PSYCHEXP"))
    parser.add_argument("--rows", type=int, default=100_000, help="of the two long batches")
    parser.add_argument("--short", type=int, default=1_000_000, help="short rows; 0: none")
    parser.add_argument("--out", type=Path, default=Path("docs/bench"))
    arguments = parser.parse_args()
    texts = long_texts(arguments.psychexp, arguments.rows)
    before = os.getloadavg()[0]
    measured = measure(texts, arguments.short)
    report = {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}, load {before:.1f}, at last {os.getloadavg()[0]:.1f}",
        "texts": "the starter set" if arguments.psychexp is None else "PsychExp",
        "characters": round(sum(map(len, texts)) / len(texts)),
        **measured,
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "batches.json").write_text(json.dumps(report, indent=1) + "\n")
    (arguments.out / "batches.md").write_text(markdown(report))
    print(markdown(report))


def measure(texts: Sequence[str], short: int) -> dict[str, Any]:
    """Run every batch through one stack."""
    predictor = Predictor.load(SHIPPED, threads=os.cpu_count() or 1)
    predictor.predict(texts[:1000])
    some = texts[:ENGINE_ROWS]
    with fresh_home() as home, Stack(home, EMOJIFY_RATE_LIMIT=RAISED) as stack:
        stack.start("redis", "worker", "web", "flower")
        stack.until_ready()
        run_batch(stack, texts[:WARM_ROWS])
        with watching_memory(stack) as memory:
            engine = [engine_rate(predictor, some)]
            runs = {"alone": run_batch(stack, texts)}
            engine.append(engine_rate(predictor, some))
            if short:
                runs["short"] = run_batch(stack, short_texts(short))
            idle = predict_alone(stack)
            runs["asked"] = run_batch(stack, texts, ask=True)
            idle += predict_alone(stack)
    return {
        "engine": engine,
        "runs": {
            name: {
                "sent": run.sent,
                "rows": run.rows,
                "right": run.right,
                "answered": run.answered,
                "fetched": run.fetched,
                "rate": run.rate,
            }
            for name, run in runs.items()
        },
        "predictions": {
            "idle": spread(idle),
            "while rows are answered": spread(runs["asked"].waits),
            "while results are fetched": spread(runs["asked"].waits_fetching),
        },
        "memory": {name: asdict(seen) for name, seen in memory.items()},
    }


def spread(taken: Sequence[float]) -> dict[str, float]:
    """Return the number of values, their median and their 99th percentile."""
    p50, p99 = np.percentile(taken, (50, 99))
    return {"count": len(taken), "p50_ms": float(p50), "p99_ms": float(p99)}


def predict_alone(stack: Stack) -> list[float]:
    """Return the milliseconds of predictions while the stack does nothing else."""
    with predicting(stack.port) as taken:
        time.sleep(IDLE)
    return taken


if __name__ == "__main__":
    main()
