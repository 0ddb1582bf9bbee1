"""The chart of the Models view: the gate's macro-F1 over versions, and where refusals lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from emojify_core.storage.corrections.records import Refusal, Version
from web.text_catalog import TextCatalog

HEIGHT = 190  # CSS pixels; across, places are percentages, so that the text keeps its size
_TOP, _BOTTOM = 16, 36  # pixels above the highest and below the lowest value
_SIDE = 4.0  # percent on both sides
_LEAST_SPAN = 0.02  # macro-F1; less would make noise look like mountains
_MOST_LABELS = 10
SHOWN = 60  # versions


class Tick(NamedTuple):
    """A line across and its value."""

    y: float
    label: str


class Point(NamedTuple):
    """A version in the chart."""

    x: float  # percent
    y: float  # pixels
    live: bool
    words: str


class Link(NamedTuple):
    """A line from one version to the next."""

    x1: float
    y1: float
    x2: float
    y2: float


class Cross(NamedTuple):
    """A refused candidate, after the version that it was made from."""

    x: float
    y: float


class Label(NamedTuple):
    """A version's number below."""

    x: float
    label: int


@dataclass(frozen=True, slots=True)
class Chart:
    """All that is drawn, and the same in words."""

    words: str
    ticks: Sequence[Tick]
    points: Sequence[Point]
    links: Sequence[Link]
    crosses: Sequence[Cross]
    labels: Sequence[Label]
    height: int = HEIGHT


def chart(
    versions: Sequence[Version], refusals: Sequence[Refusal], live: int, say: TextCatalog
) -> Chart | None:
    """Draw versions, newest first; None before there are two values to compare.

    Only figures from the same rows as the newest one's: others cannot be compared with it.
    """
    shown = versions[:SHOWN]
    data = next((one["data"] for one in map(gate_of, shown) if one), None)
    values = _values(shown, data)
    if len(values) < 2:  # noqa: PLR2004  (a line needs two)
        return None
    refused = [
        (one.base_version, _score(one.figures, "candidate"))
        for one in refusals
        if one.figures.get("data") == data and one.base_version in values
    ]
    heights = [*values.values(), *(value for _, value in refused)]
    lowest, highest = min(heights), max(heights)
    middle, span = (lowest + highest) / 2, max(highest - lowest, _LEAST_SPAN)
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
            version == live,
            say("models.point", version=version, value=_short(value)),
        )
        for version, value in sorted(values.items())
    ]
    every = -(-len(points) // _MOST_LABELS)
    return Chart(
        words=say(
            "models.chart_text",
            first=first,
            last=last,
            lowest=_short(min(values.values())),
            highest=_short(max(values.values())),
            live=_short(values[live]) if live in values else say("status.unknown"),
            data=data,
        ),
        ticks=[
            Tick(y(value), _short(value))
            for value in (middle - span / 2, middle, middle + span / 2)
        ],
        points=points,
        links=[Link(one.x, one.y, other.x, other.y) for one, other in pairwise(points)],
        crosses=[Cross(x(base + 0.5), y(value)) for base, value in refused],
        labels=[Label(x(version), version) for version in sorted(values)[::every]],
    )


def gate_of(version: Version) -> Mapping[str, Any]:
    """Return what the gate found when these files were judged; empty for what never was."""
    found: Mapping[str, Any] = version.metrics.get("gate") or {}
    return found


def score_of(version: Version) -> str | None:
    """Return a version's macro-F1 on the gate's rows, as it is written."""
    gate = gate_of(version)
    return _short(_score(gate, "candidate")) if gate else None


def _values(versions: Sequence[Version], data: str | None) -> dict[int, float]:
    """Return each version's value; those that were never judged have the base's of a later one."""
    gates = {one.version: gate_of(one) for one in versions}
    judged = {number: gate for number, gate in gates.items() if gate and gate["data"] == data}
    values = {number: _score(gate, "candidate") for number, gate in judged.items()}
    if judged:
        base = _score(judged[min(judged)], "base")
        values |= {number: base for number, gate in gates.items() if not gate}
    return values


def _score(figures: Mapping[str, Any], model: str) -> float:
    return float(figures["models"][model]["macro_f1"])


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
