"""The speed and the memory of the served model.

    python tests/bench/predictor.py

It uses texts of PsychExp if EMOJIFY_PSYCHEXP names the file, or else the starter sentences. It
reads the memory from /proc, so it needs Linux.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.data.starter_set import load_starter
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED

ONE = "I was so happy when I heard that my sister had got the place she wanted that I cried."
MANY = 512
SINGLES, LISTS = 2_000, 30


def main() -> None:
    """Print one line for each number of threads."""
    texts = _texts()[:MANY]
    for threads in (1, 2):
        started = time.perf_counter()
        predictor = Predictor.load(SHIPPED, threads=threads)
        predictor.warm()
        loaded = time.perf_counter() - started
        single = np.percentile(_seconds(predictor, [ONE], SINGLES), (50, 99)) * 1e3
        busy = time.process_time()
        many = len(texts) / np.array(_seconds(predictor, texts, LISTS))
        busy = (time.process_time() - busy) / LISTS / len(texts)  # other processes change it little
        print(
            f"threads {threads}   load {loaded:.2f} s   one text p50 {single[0]:.2f} ms, "
            f"p99 {single[1]:.2f} ms   {len(texts)} texts {np.median(many):,.0f}/s "
            f"(best {many.max():,.0f}/s, CPU {busy * 1e6:.0f} us a text)   "
            f"resident {_resident_mb():.0f} MB"
        )


def _texts() -> Sequence[str]:
    """Return PsychExp's texts if they are available: speed depends on their length."""
    path = os.environ.get("EMOJIFY_PSYCHEXP")
    return load_psychexp(Path(path)).texts if path else load_starter()[0]


def _seconds(predictor: Predictor, texts: Sequence[str], times: int) -> list[float]:
    """Return the wall-clock seconds of each of `times` calls."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        predictor.predict(texts)
        seconds.append(time.perf_counter() - started)
    return seconds


def _resident_mb() -> float:
    """Return the resident MB of this process, including the mapped embeddings."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("/proc/self/status has no VmRSS line.")


if __name__ == "__main__":
    main()
