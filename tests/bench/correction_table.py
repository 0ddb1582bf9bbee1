"""The page that `corrections.py` writes."""

from collections.abc import Callable
from typing import Any

Result = dict[str, Any]

COLUMNS: tuple[tuple[str, Callable[[Result], str]], ...] = (
    ("held after its own update", lambda row: f"{row['held_after_own']:.0%}"),
    ("held at the end", lambda row: f"{row['held_at_end']:.0%}"),
    ("refused", lambda row: f"{row['refused']}"),
    ("paraphrases right, before → after", lambda row: (
        f"{row['paraphrases_before']:.0%} → {row['paraphrases_after']:.0%}")),
    ("accuracy, points", lambda row: f"{row['accuracy_change'] * 100:+.2f}"),
    ("macro-F1, points", lambda row: f"{row['macro_f1_change'] * 100:+.2f}"),
    ("right → wrong", lambda row: f"{row['right_to_wrong']}"),
    ("wrong → right", lambda row: f"{row['wrong_to_right']}"),
    ("seconds an update, median (most)", lambda row: (
        f"{row['seconds_median']:.2f} ({row['seconds_most']:.2f})")),
)  # fmt: skip

INTRODUCTION = (
    "`make bench-corrections`, the last run, corrects sentences of PsychExp that the shipped model "
    "gets wrong. Each correction is an update of its own on top of the last, or all come at once "
    "and the trainer takes them in groups of 24. A refused correction counts as not held. Accuracy "
    "and macro-F1 are changes on the rows that nobody corrected."
)

SERVING = (
    "Through the whole stack, over HTTP: seconds from the 202 to the live model, and the p99 of a "
    "client that requests one prediction after the other, before and during learning."
)
SERVING_COLUMNS = (
    "judged on",
    "given",
    "live",
    "seconds to live, median (most)",
    "p99, idle → learning",
    "ratio",
    "live within 10 s",
    "p99 at most 3 times idle",
)

# Targets: shares of the corrections, and points of macro-F1.
LEAST_HELD, LEAST_KEPT, MOST_LOST = 0.95, 0.90, 0.005
LIVE_WITHIN, MOST_SLOWED = 10.0, 3.0  # seconds; times


def markdown(report: dict[str, Any]) -> str:
    """Return the report as a Markdown page."""
    first = report["results"][0]
    about = (
        f"{report['date']}, {report['machine']}; model {report['model'][:12]}; "
        f"{report['corrections']} corrections from the {report['split']} rows, "
        f"{report['paraphrases']} hand-written paraphrases of some of them, "
        f"{report['untouched']} untouched rows (accuracy {first['accuracy_before']:.3f}, "
        f"macro-F1 {first['macro_f1_before']:.3f} before)."
    )
    lines = ["# Corrections", "", INTRODUCTION, "", about, ""]
    lines.append("| way | given | " + " | ".join(name for name, _ in COLUMNS) + " |")
    lines.append("|---|---|" + "--:|" * len(COLUMNS))
    for row in report["results"]:
        cells = " | ".join(show(row) for _, show in COLUMNS)
        lines.append(f"| {row['way']} | {row['given']} | {cells} |")
    lines += ["", "| way | given | holds ≥ 95 % | keeps ≥ 90 % | macro-F1 falls ≤ 0.5 |"]
    lines += ["|---|---|---|---|---|"]
    for row in report["results"]:
        kept = row["held_at_end"] / row["held_after_own"] if row["held_after_own"] else 0.0
        aims = (
            row["held_after_own"] >= LEAST_HELD,
            kept >= LEAST_KEPT,
            row["macro_f1_change"] >= -MOST_LOST,
        )
        said = " | ".join(_said(held=aim) for aim in aims)
        lines.append(f"| {row['way']} | {row['given']} | {said} |")
    lines += _serving(report["serving"])
    error = max(row["standard_error"] for row in report["results"][2:] or report["results"])
    scatter = (
        f"A change of our ways scatters by about {error * 100:.2f} points (one standard error of "
        "its flips). Other rows would give other digits."
    )
    return "\n".join([*lines, "", scatter, ""])


def _said(*, held: bool) -> str:
    return "yes" if held else "no"


def _serving(rows: list[Result]) -> list[str]:
    """Return the lines on the whole stack: seconds until live, and other clients' latency."""
    lines = [
        "",
        SERVING,
        "",
        f"| {' | '.join(SERVING_COLUMNS)} |",
        "|---|---|--:|--:|--:|--:|---|---|",
    ]
    for row in rows:
        seconds = f"{row['seconds_median']:.1f} ({row['seconds_most']:.1f})"
        idle, busy = row["idle_p99_ms"], row["training_p99_ms"]
        lines.append(
            f"| {row['judged_on']} | {row['given']} | {row['live']} of {row['of']} | {seconds} | "
            f"{idle:.1f} → {busy:.1f} ms | {busy / idle:.1f} | "
            f"{_said(held=row['seconds_most'] <= LIVE_WITHIN)} | "
            f"{_said(held=busy <= MOST_SLOWED * idle)} |"
        )
    return [*lines, ""]
