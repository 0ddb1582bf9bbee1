"""The page that `batches.py` writes."""

from statistics import mean
from typing import Any

INTRODUCTION = (
    "`make bench-batches`, the last run, with shipped settings and raised rate limits. Page, "
    "worker, Redis, Flower and the client share the machine. The trainer, idle during batches, was "
    "not started. A batch's time runs from its first byte sent to the last byte of its results "
    "fetched."
)
TITLES = {
    "alone": "long rows, no other client",
    "short": "short rows, no other client",
    "asked": "long rows while one client requests one prediction after the other",
}

LEAST_OF_ENGINE, MOST_GROWTH, MOST_SLOWER = 0.6, 50, 3


def markdown(report: dict[str, Any]) -> str:
    """Return the report as a Markdown page."""
    lines = ["# Batches", "", INTRODUCTION, ""]
    lines.append(
        f"{report['date']}, {report['machine']}; long rows are texts of {report['texts']}, "
        f"{report['characters']} characters each on average."
    )
    return "\n".join([*lines, *_figures(report), *_promises(report)]) + "\n"


def _figures(report: dict[str, Any]) -> list[str]:
    before, after = report["engine"]
    rows = [("engine alone, before and after", f"{before:,.0f} and {after:,.0f}", "texts/s")]
    for name, run in report["runs"].items():
        seconds = f"{run['answered']:.1f} + {run['fetched']:.1f}"
        rows.append((f"{run['rows']:,} {TITLES[name]}", f"{run['rate']:,.0f}", "rows/s"))
        rows.append(("- until all were answered, then until all were fetched", seconds, "s"))
    for name, asked in report["predictions"].items():
        figure = f"{asked['p50_ms']:.1f} and {asked['p99_ms']:.1f}"
        rows.append((f"{asked['count']:,} predictions, {name}, p50 and p99", figure, "ms"))
    for name, seen in report["memory"].items():
        figure = f"{seen['first']:.0f}, {seen['most']:.0f}, {seen['last']:.0f}"
        rows.append((f"memory: {name}, at first, at most, at last", figure, "MB"))
    table = [f"| {what} | {figure} | {unit} |" for what, figure, unit in rows]
    return ["", "| what | figure | unit |", "|---|--:|---|", *table]


def _promises(report: dict[str, Any]) -> list[str]:
    runs, asked, memory = report["runs"], report["predictions"], report["memory"]
    share = runs["alone"]["rate"] / mean(report["engine"])
    slower = asked["while rows are answered"]["p99_ms"] / asked["idle"]["p99_ms"]
    rows = [
        ("rows a second / the engine's", f"{share:.2f}", f"at least {LEAST_OF_ENGINE}",
         share >= LEAST_OF_ENGINE),
        ("p99 of predictions, while a batch runs / idle", f"{slower:.1f}",
         f"at most {MOST_SLOWER}", slower <= MOST_SLOWER),
        *((f"growth of the {name}, MB", f"{seen['most'] - seen['first']:.0f}",
           f"below {MOST_GROWTH}", seen["most"] - seen["first"] < MOST_GROWTH)
          for name, seen in memory.items()),
        *((f"{TITLES[name]}: rows answered and returned in their place", f"{run['right']:,}",
           f"{run['sent']:,}", run["right"] == run["rows"] == run["sent"])
          for name, run in runs.items()),
    ]  # fmt: skip
    lines = ["", "| promise | measured | promised | held |", "|---|--:|---|---|"]
    for what, measured, promised, held in rows:
        lines.append(f"| {what} | {measured} | {promised} | {'yes' if held else 'no'} |")
    return lines
