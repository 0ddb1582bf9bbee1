"""The page of a run: medians of its rounds, and whether what must hold did."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from systems import EMOJIFY, PLAIN_FLASK

Figures = dict[str, dict[str, dict[str, float]]]  # by system, case and figure
Row = tuple[str, float, float, bool]  # what, measured, bound, whether more is better

BEST = "MLServer"
OTHERS = ("LitServe", "BentoML", "FastAPI and arq", "FastAPI and Celery")
CASES = ("1 client", "16 clients", "64 clients", "lists")
HEAD = (
    "| system | p50, 1 client | 16 clients | 64 clients | p99 there | lists of 256 "
    "| CPU ms a text, 16 clients |"
)


def page(report: Mapping[str, Any]) -> list[str]:
    """Return the page's lines."""
    figures = medians(report["rounds"])
    rounds = f"{len(report['rounds'])} of {report['seconds']:g} s each"
    how = (
        "`make bench-peers`, the last run. Each system serves the same ONNX model and runs alone. "
        f"Figures are medians of interleaved rounds ({rounds}). Emojify runs as `make run` starts "
        "it, with Flower, logs, metrics and limits (only their numbers raised). "
        "`tests/bench/peers/` has every server."
    )
    units = "Rates are texts a second, times milliseconds. Requests that failed: "
    lines = ["# Beside other servers of the same model", "", how, "", _machine(report), ""]
    lines += [HEAD, "|---|--:|--:|--:|--:|--:|--:|"]
    lines += [_row(name, cases) for name, cases in figures.items()]
    return [*lines, "", f"{units}{_failures(report['rounds'])}.", *_judged(figures)]


def _machine(report: Mapping[str, Any]) -> str:
    return f"{report['taken_on']}. {report['note']}".strip()


def medians(rounds: Sequence[Figures]) -> Figures:
    """Return the median of each figure."""
    return {
        name: {
            case: {
                figure: median(each[name][case][figure] for each in rounds) for figure in figures
            }
            for case, figures in cases.items()
        }
        for name, cases in sorted(rounds[0].items(), key=lambda item: item[0] == PLAIN_FLASK)
    }


def promises(figures: Figures) -> list[Row]:
    """Return what must hold: as fast as the best of the others."""
    own, best = figures[EMOJIFY], figures[BEST]

    def ratio(what: str, case: str, figure: str, to: dict[str, dict[str, float]]) -> Row:
        more_is_better = figure == "texts_s"
        return (what, own[case][figure] / max(to[case][figure], 1e-9), 1, more_is_better)

    return [
        ratio(f"rate at 16 clients / {BEST}", "16 clients", "texts_s", best),
        *(ratio(f"rate at 16 clients / {name}", "16 clients", "texts_s", figures[name])
          for name in OTHERS),
        ratio(f"rate at 64 clients / {BEST}", "64 clients", "texts_s", best),
        *(ratio(f"rate at 64 clients / {name}", "64 clients", "texts_s", figures[name])
          for name in OTHERS),
        ratio(f"p99 at 64 clients / {BEST}", "64 clients", "p99_ms", best),
        ratio("p50 of one client / LitServe", "1 client", "p50_ms", figures["LitServe"]),
        *(ratio(f"lists / {name}", "lists", "texts_s", figures[name]) for name in (BEST, *OTHERS)),
        ("CPU ms a text at 16 clients", own["16 clients"]["cpu_ms"], 2, False),
    ]  # fmt: skip


def _judged(figures: Figures) -> list[str]:
    if not {EMOJIFY, BEST, *OTHERS} <= figures.keys():
        return []
    lines = ["", "| what must hold | measured | bound | held |", "|---|--:|---|---|"]
    for what, measured, bound, more_is_better in promises(figures):
        held = measured >= bound if more_is_better else measured <= bound
        least = "at least" if more_is_better else "at most"
        lines.append(
            f"| {what} | {measured:.2f} | {least} {bound:g} | {'yes' if held else '**no**'} |"
        )
    return lines


def _row(name: str, cases: Mapping[str, Mapping[str, float]]) -> str:
    one, few, many, lists = (cases[case] for case in CASES)
    return (
        f"| {name} | {one['p50_ms']:.1f} | {few['texts_s']:,.0f} | {many['texts_s']:,.0f} "
        f"| {many['p99_ms']:.0f} | {lists['texts_s']:,.0f} | {few['cpu_ms']:.2f} |"
    )


def _failures(rounds: Sequence[Figures]) -> str:
    failed = {
        name: int(sum(case["failures"] for each in rounds for case in each[name].values()))
        for name in rounds[0]
    }
    return ", ".join(f"{name} {count}" for name, count in failed.items() if count) or "none"
