"""`make soak`: 100,000 predictions, and what they do to memory and latency, as a picture."""

import argparse
import json
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import matplotlib as mpl
import numpy as np
from http_client import HttpClient, request_for
from sections import family, resident
from texts import sentences

from support.homes import fresh_home
from support.stack import Stack

CLIENTS = 8
WINDOW = 5.0  # seconds in one sample
SETTLED = 0.1  # memory is compared from here on: the first tenth fills caches


@dataclass(slots=True)
class Soak:
    """What was seen so far."""

    left: int
    taken: list[float] = field(default_factory=list)  # seconds of each answer
    lock: threading.Lock = field(default_factory=threading.Lock)
    samples: list[dict[str, float]] = field(default_factory=list)

    def ask(self, port: int, requests: list[bytes]) -> None:
        """Ask until there is nothing left to ask."""
        client, turn = HttpClient(port), 0
        while True:
            with self.lock:
                if self.left <= 0:
                    return
                self.left -= 1
            turn += 1
            started = time.perf_counter()
            client.post(requests[turn % len(requests)])
            self.taken.append(time.perf_counter() - started)

    def sample(self, stack: Stack) -> None:
        """Note memory now and the latency since the last sample."""
        done = self.samples[-1]["answers"] if self.samples else 0
        window = np.array(self.taken[int(done) :] or [0.0]) * 1000
        self.samples.append(
            {
                "answers": len(self.taken),
                "worker_mb": resident(stack.parts["worker"].pid),
                "web_mb": sum(map(resident, family(stack.parts["web"].pid))),
                "p50_ms": float(np.percentile(window, 50)),
                "p99_ms": float(np.percentile(window, 99)),
            }
        )


def main() -> None:
    """Run, write the figures and the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path("docs/bench"))
    arguments = parser.parse_args()
    soak = Soak(arguments.answers)
    requests = [request_for(text) for text in sentences(400)]
    with fresh_home() as home, Stack(home, EMOJIFY_RATE_LIMIT="") as stack:
        stack.start("redis", "worker", "web")
        stack.until_ready()
        started = time.monotonic()
        clients = [
            threading.Thread(target=soak.ask, args=(stack.port, requests)) for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        while any(client.is_alive() for client in clients):
            clients[0].join(WINDOW)
            soak.sample(stack)
        seconds = time.monotonic() - started
        soak.sample(stack)
    report = summary(soak.samples, seconds)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "soak.json").write_text(json.dumps(report, indent=1) + "\n")
    draw(soak.samples, arguments.out / "soak.png")
    print(json.dumps({name: value for name, value in report.items() if name != "samples"}))


def summary(samples: list[dict[str, float]], seconds: float) -> dict[str, object]:
    """Return the figures that matter, and all samples."""
    answers = samples[-1]["answers"]
    settled = [row for row in samples if row["answers"] >= answers * SETTLED]
    growth = {
        f"{name}_growth_mb": round(settled[-1][f"{name}_mb"] - settled[0][f"{name}_mb"], 1)
        for name in ("worker", "web")
    }
    return {
        "answers": answers,
        "per_second": round(answers / seconds),
        "worker_mb": round(samples[-1]["worker_mb"]),
        **growth,
        "samples": samples,
    }


def draw(samples: list[dict[str, float]], path: Path) -> None:
    """Draw memory above latency, over the number of answers."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415  (after the backend is chosen)

    figure, (above, below) = plt.subplots(2, 1, figsize=(8, 5.5), sharex=True)
    answers = [row["answers"] / 1000 for row in samples]
    for name, colour in (("worker", "#b36b00"), ("web", "#33658a")):
        above.plot(answers, [row[f"{name}_mb"] for row in samples], color=colour, label=name)
    above.set(ylabel="resident, MB", ylim=(0, None), title="Memory and latency while answering")
    for name, colour in (("p50", "#4f772d"), ("p99", "#9e2a2b")):
        below.plot(answers, [row[f"{name}_ms"] for row in samples], color=colour, label=name)
    below.set(ylabel="milliseconds", xlabel="thousand answers", ylim=(0, None))
    for axes in (above, below):
        axes.legend(frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
