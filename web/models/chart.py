"""The chart of the Models page: the gate's macro-F1 of each version and of refused candidates.

The template draws the SVG; this module computes where the marks are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from emojify_core.storage.versions.records import Refusal, Version
from web.text_catalog import TextCatalog

HEIGHT = 190  # CSS pixels; x is in percent, so that the text keeps its size at any width
_TOP, _BOTTOM = 16, 36  # pixels above the highest and below the lowest value
_SIDE = 4.0  # percent left of the first and right of the last version
_MIN_SPAN = 0.02  # macro-F1; a smaller range would make noise look like large changes
_MAX_LABELS = 10
SHOWN = 60  # versions


class Point(NamedTuple):
    """A version in the chart."""

    x: float  # percent
    y: float  # pixels
    version: int
    live: bool
    words: str


class Cross(NamedTuple):
    """A refused candidate, right of the version that it was made from."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The marks of the chart, and a sentence that says the same."""

    words: str
    ticks: Mapping[str, float]  # a grid line's value and its y
    points: Sequence[Point]  # oldest first; lines connect them
    crosses: Sequence[Cross]
    labels: Sequence[Point]  # the points with a version number below
    height: int = HEIGHT


def chart(
    versions: Sequence[Version], refusals: Sequence[Refusal], live: int, say: TextCatalog
) -> Chart | None:
    """Return the chart of versions, newest first; None if fewer than two values are comparable.

    Macro-F1 is comparable only on the same rows: those that the newest gate used.
    """
    shown = versions[:SHOWN]
    data = next((gate["data"] for gate in map(gate_of, shown) if gate), None)
    values = _values(shown, data)
    if len(values) < 2:  # noqa: PLR2004  (a line needs two)
        return None
    refused = [
        (refusal.base_version, macro_f1(refusal.figures, "candidate"))
        for refusal in refusals
        if refusal.figures.get("data") == data and refusal.base_version in values
    ]
    heights = [*values.values(), *(value for _, value in refused)]
    lowest, highest = min(heights), max(heights)
    middle, span = (lowest + highest) / 2, max(highest - lowest, _MIN_SPAN)
    first, last = min(values), max(values)

    def x(version: float) -> float:
        share = (version - first) / max(last - first + (0.5 if refused else 0), 1)
        return round(_SIDE + share * (100 - 2 * _SIDE), 2)

    def y(value: float) -> float:
        share = (value - (middle - span / 2)) / span
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)

    points = [
        Point(
            x(version),
            y(value),
            version,
            version == live,
            say("models.point", version=version, value=short(value)),
        )
        for version, value in sorted(values.items())
    ]
    label_every = -(-len(points) // _MAX_LABELS)  # rounded up
    return Chart(
        words=say(
            "models.chart_text",
            first=first,
            last=last,
            lowest=short(min(values.values())),
            highest=short(max(values.values())),
            live=short(values[live]) if live in values else say("status.unknown"),
            data=data,
        ),
        ticks={short(value): y(value) for value in (middle - span / 2, middle, middle + span / 2)},
        points=points,
        crosses=[Cross(x(base + 0.5), y(value)) for base, value in refused],
        labels=points[::label_every],
    )


def gate_of(version: Version) -> Mapping[str, Any]:
    """Return the gate's figures for a version's files; empty if they were never judged."""
    return version.metrics.get("gate") or {}


def score_of(version: Version) -> str | None:
    """Return a version's macro-F1 on the gate's rows, such as ".612"; None without a gate."""
    gate = gate_of(version)
    return short(macro_f1(gate, "candidate")) if gate else None


def macro_f1(figures: Mapping[str, Any], model: str) -> float:
    """Return the macro-F1 that a gate measured for `candidate`, `live` or `base`."""
    return float(figures["models"][model]["macro_f1"])


def short(value: float) -> str:
    """Return a share with three decimals and without the zero before them, such as ".612"."""
    return f"{value:.3f}".removeprefix("0")


def _values(versions: Sequence[Version], data: str | None) -> dict[int, float]:
    """Return each version's macro-F1; an unjudged version has the one that a gate gave its base."""
    gates = {version.version: gate_of(version) for version in versions}
    judged = {number: gate for number, gate in gates.items() if gate and gate["data"] == data}
    values = {number: macro_f1(gate, "candidate") for number, gate in judged.items()}
    if judged:
        base = macro_f1(judged[min(judged)], "base")
        values |= {number: base for number, gate in gates.items() if not gate}
    return values
