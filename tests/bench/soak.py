"""`make soak`: 100,000 predictions; their effect on memory and latency, as a picture."""

import argparse
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import matplotlib as mpl
import numpy as np
from http_client import HttpClient, request_for
from reports import OUT, taken_on, write
from sections import PARTS, family, resident
from texts import sentences

from support.homes import fresh_home
from support.stack import RAISED, Stack

CLIENTS = 8
WINDOW = 5.0  # seconds in one sample
MOST_MB, MOST_GROWTH_MB = 300, 10  # the promise for the prediction worker
SETTLED = 0.1  # the comparison of memory starts here: the first tenth fills caches


@dataclass(slots=True)
class Soak:
    """The measurements so far."""

    left: int
    taken: list[float] = field(default_factory=list)  # seconds of each answer
    lock: threading.Lock = field(default_factory=threading.Lock)
    samples: list[dict[str, float]] = field(default_factory=list)

    def predict(self, port: int, requests: list[bytes]) -> None:
        """Predict until the number is reached."""
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
        """Record the memory now and the latency since the last sample."""
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
    """Run; write the figures and the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    machine = taken_on()
    soak = Soak(arguments.answers)
    requests = [request_for(text) for text in sentences(400)]
    with fresh_home() as home, Stack(home, EMOJIFY_RATE_LIMIT=RAISED) as stack:
        stack.start(*PARTS)
        stack.until_ready()
        stack.until_warm()
        started = time.monotonic()
        clients = [
            threading.Thread(target=soak.predict, args=(stack.port, requests))
            for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        while any(client.is_alive() for client in clients):
            clients[0].join(WINDOW)
            soak.sample(stack)
        seconds = time.monotonic() - started
        soak.sample(stack)
        stack.parts["train"].end(within=30)  # Keras takes its time
    arguments.out.mkdir(parents=True, exist_ok=True)
    draw(soak.samples, arguments.out / "soak.png")
    report = {"taken_on": machine} | summary(soak, seconds)
    write(arguments.out, "soak", report, page(report))


def summary(soak: Soak, seconds: float) -> dict[str, Any]:
    """Return the main figures and all samples."""
    samples, answers = soak.samples, len(soak.taken)
    settled = [row for row in samples if row["answers"] >= answers * SETTLED]
    growth = {
        f"{name}_growth_mb": round(settled[-1][f"{name}_mb"] - settled[0][f"{name}_mb"], 1)
        for name in ("worker", "web")
    }
    taken = np.array(soak.taken) * 1000
    return {
        "answers": answers,
        "seconds": round(seconds),
        "per_second": round(answers / seconds),
        "p50_ms": round(float(np.percentile(taken, 50)), 1),
        "p99_ms": round(float(np.percentile(taken, 99)), 1),
        "worker_mb": round(samples[-1]["worker_mb"]),
        "web_mb": round(samples[-1]["web_mb"]),
        **growth,
        "samples": samples,
    }


def page(report: dict[str, Any]) -> list[str]:
    """Return the page's lines."""
    flat = report["worker_mb"] <= MOST_MB and report["worker_growth_mb"] < MOST_GROWTH_MB
    how = (
        f"`make soak`, the last run: {report['answers']:,} predictions of one text each. {CLIENTS} "
        "clients send them without a pause to the stack of `make run`."
    )
    promise = (
        f"Promised: a worker uses at most {MOST_MB} MB and grows by less than {MOST_GROWTH_MB} MB. "
        f"{'Held.' if flat else '**Not held.**'}"
    )
    return [
        "# Soak",
        "",
        how,
        "",
        report["taken_on"],
        "",
        "| what | figure |",
        "|---|--:|",
        f"| predictions a second | {report['per_second']} |",
        f"| a prediction over HTTP, p50 | {report['p50_ms']} ms |",
        f"| a prediction over HTTP, p99 | {report['p99_ms']} ms |",
        f"| worker at the end | {report['worker_mb']} MB |",
        f"| worker, growth after the first tenth | {report['worker_growth_mb']} MB |",
        f"| web at the end | {report['web_mb']} MB |",
        f"| web, growth after the first tenth | {report['web_growth_mb']} MB |",
        "",
        promise,
        "",
        "![Memory and latency over the answers](soak.png)",
    ]


def draw(samples: list[dict[str, float]], path: Path) -> None:
    """Draw memory and latency over the number of predictions."""
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
