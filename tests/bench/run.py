"""`make bench`: every figure in one run on one machine, so that ratios are meaningful.

The settings are the shipped ones, except for raised rate limits.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import faults
import sections
from promises import PROMISES
from reports import OUT, taken_on, write
from sections import Row
from single_texts import single_texts

from emojify_core.settings import Settings
from support.homes import fresh_home
from support.stack import RAISED, Stack


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1, help="share of the calls (0.1: a look)")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    machine = taken_on()
    rows = measure(arguments.scale)
    figures = {name: figure for name, figure, _ in rows}
    promises = [promise.judge(figures) for promise in PROMISES]
    report = {"taken_on": machine, "scale": arguments.scale, "rows": rows, "promises": promises}
    write(arguments.out, "bench", report, page(report))


def measure(scale: float) -> list[Row]:
    """Run every section."""
    rows = sections.engine(scale)
    best = max(figure for _, figure, unit in rows if unit == "texts/s")
    rows.append(("engine, best", best, "texts/s"))
    rows += sections.article(scale)
    with fresh_home() as home, Stack(home, EMOJIFY_RATE_LIMIT=RAISED) as stack:
        rows += sections.start(stack)
    with fresh_home() as home, Stack(home, EMOJIFY_RATE_LIMIT=RAISED) as stack:
        stack.parts["worker"] = sections.noop_worker(stack)
        stack.start(*sections.PARTS)
        stack.until_ready()
        stack.until_warm()
        rows += sections.round_trips(stack, scale)
        rows += single_texts(stack, scale)
        rows += sections.memory(stack)
        stack.parts["train"].end(within=30)  # Keras takes its time
        rows += sections.default_celery(
            Settings.from_env(stack.environ).redis_address.for_kombu(), scale
        )
        rows += faults.redis_away(stack)
        rows += faults.health(stack, max(20, int(400 * scale)))
    return rows


def page(report: dict[str, object]) -> list[str]:
    """Return the page's lines."""
    part = "" if report["scale"] == 1 else f" A look: {report['scale']} of the calls."
    how = (
        "`make bench`, the last run, with shipped settings and raised rate limits. The whole stack "
        f"of `make run` runs, with an idle trainer.{part}"
    )
    lines = ["# Bench", "", how, "", str(report["taken_on"]), ""]
    lines += ["| promise | measured | bound | held |", "|---|--:|---|---|"]
    lines += [
        f"| {row['name']} | {_with(row['measured'], row['unit'])} | {row['promise']} "
        f"| {'yes' if row['held'] else '**no**'} |"
        for row in report["promises"]
    ]
    missed = [row for row in report["promises"] if not row["held"]]
    lines += [f"\nMissed: {row['name']}. {row['missed']}".rstrip() for row in missed]
    lines += ["", "| what | figure | unit |", "|---|--:|---|"]
    for name, figure, unit in report["rows"]:
        shown = f"{figure:,.0f}" if figure >= 100 or figure == int(figure) else f"{figure:.2f}"
        lines.append(f"| {name} | {shown} | {unit} |")
    return lines


def _with(figure: float, unit: str) -> str:
    return f"{figure:g} {unit}".strip()


if __name__ == "__main__":
    main()
