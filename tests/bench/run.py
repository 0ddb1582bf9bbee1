"""`make bench`: every figure in one run on this machine, so that ratios mean something.

Settings are the shipped ones, but for the rate limits, which are off.
"""

import argparse
import json
import os
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import sections
from sections import Row

from emojify_core.settings import Settings
from support.homes import fresh_home
from support.processes import Process
from support.stack import Stack


@dataclass(frozen=True, slots=True)
class Target:
    """A promise: the ratio of two rows, and its bound."""

    name: str
    above: str
    below: str
    bound: float
    at_most: bool


TARGETS = (
    Target("one text over HTTP / no-op round trip, p50", "HTTP, one text, p50",
           "no-op task, our settings, p50", 2, at_most=True),
    Target("single texts / no-op tasks a second", "HTTP, one text, 16 clients",
           "no-op task, our settings, 16 clients", 0.7, at_most=False),
    Target("256-text requests / the engine's best", "HTTP, 256 texts, 4 clients",
           "engine, best", 0.6, at_most=False),
)  # fmt: skip


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1, help="share of the calls (0.1: a look)")
    parser.add_argument("--out", type=Path, default=Path("docs/bench"))
    arguments = parser.parse_args()
    rows = measure(arguments.scale)
    report = {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}, load {os.getloadavg()[0]:.1f}",
        "rows": rows,
        "ratios": ratios({name: figure for name, figure, _ in rows}),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "bench.json").write_text(json.dumps(report, indent=1) + "\n")
    (arguments.out / "bench.md").write_text(markdown(report))
    print(markdown(report))


def measure(scale: float) -> list[Row]:
    """Run every section."""
    rows = sections.engine(scale)
    best = max(figure for _, figure, unit in rows if unit == "texts/s")
    rows.append(("engine, best", best, "texts/s"))
    rows += sections.article(scale)
    with fresh_home() as home, Stack(home, EMOJIFY_RATE_LIMIT="") as stack:
        rows += sections.start(stack)
    with fresh_home() as home, Stack(home, EMOJIFY_RATE_LIMIT="") as stack:
        worker = [sys.executable, str(sections.HERE / "noop_worker.py")]
        stack.parts["worker"] = Process(worker, stack.environ, home / "worker.log")
        stack.start("redis", "worker", "web", "flower")
        stack.until_ready()
        rows += sections.round_trips(stack, scale)
        rows += sections.memory(stack)
        rows += sections.default_celery(Settings.from_env(stack.environ).broker_url, scale)
    return rows


def ratios(figures: dict[str, float]) -> list[dict[str, object]]:
    """Hold the figures against the promises."""
    out: list[dict[str, object]] = []
    for target in TARGETS:
        ratio = figures[target.above] / figures[target.below]
        held = ratio <= target.bound if target.at_most else ratio >= target.bound
        word = "at most" if target.at_most else "at least"
        out.append({"name": target.name, "ratio": round(ratio, 2),
                    "promise": f"{word} {target.bound}", "held": held})  # fmt: skip
    return out


def markdown(report: dict[str, object]) -> str:
    """As a page."""
    lines = [
        "# Bench", "", "`make bench`, the last run. Shipped settings, rate limits off.", "",
        f"{report['date']}, {report['machine']}", "", "| what | figure | unit |", "|---|--:|---|",
    ]  # fmt: skip
    for name, figure, unit in report["rows"]:
        shown = f"{figure:,.0f}" if figure >= 100 else f"{figure:.2f}"
        lines.append(f"| {name} | {shown} | {unit} |")
    lines += ["", "| ratio | measured | promised | held |", "|---|--:|---|---|"]
    lines += [
        f"| {row['name']} | {row['ratio']} | {row['promise']} | {'yes' if row['held'] else 'no'} |"
        for row in report["ratios"]
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
