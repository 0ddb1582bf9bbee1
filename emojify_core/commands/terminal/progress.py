"""Progress on stderr: a bar on a terminal, elsewhere a line every few seconds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import Any, Protocol

import click

from emojify_core.labels import EMOTIONS, NO_EMOTION

_LINE_EVERY = 5.0  # seconds
_MANY = 0.2  # of the rows without an answer: somebody should look
_CHART_WIDTH = 40  # characters of the longest bar


class Progress(Protocol):
    """Receives the progress of one piece of work."""

    def show(
        self,
        done: int,
        total: int | None,
        rate: float | None = None,
        eta_seconds: float | None = None,
    ) -> None:
        """Report finished items, their number in all if known, and items per second."""

    def show_bytes(self, done: int, total: int | None) -> None:
        """Report transferred bytes, and their number in all if known."""


@contextmanager
def show_progress(title: str, unit: str = "rows", *, lines: bool = True) -> Iterator[Progress]:
    """Yield a progress display until the work ends; `lines=False` shows bars only."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(title, unit, _LINE_EVERY if lines else inf)
        return
    from rich import progress as rich  # noqa: PLC0415

    columns = (
        rich.TextColumn(title),
        rich.BarColumn(),
        rich.TextColumn("{task.fields[figures]}"),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns, console=console, transient=True) as bar:
        yield _Bar(bar, bar.add_task(title, total=None, figures=""), unit)


class _Bar:
    def __init__(self, bar: Any, task: Any, unit: str) -> None:
        self._bar, self._task, self._unit = bar, task, unit

    def show(
        self,
        done: int,
        total: int | None,
        rate: float | None = None,
        eta_seconds: float | None = None,
    ) -> None:
        del eta_seconds  # Rich estimates better, from the last seconds
        figures = _figures(done, total, rate, self._unit)
        self._bar.update(self._task, completed=done, total=total, figures=figures)

    def show_bytes(self, done: int, total: int | None) -> None:
        self._bar.update(self._task, completed=done, total=total, figures=_megabytes(done))


class _Lines:
    def __init__(self, title: str, unit: str, seconds: float) -> None:
        self._title, self._unit, self._seconds = title, unit, seconds
        self._last = time.monotonic()

    def show(
        self,
        done: int,
        total: int | None,
        rate: float | None = None,
        eta_seconds: float | None = None,
    ) -> None:
        left = f", {eta_seconds:.0f} s left" if eta_seconds else ""
        self._print(_figures(done, total, rate, self._unit) + left)

    def show_bytes(self, done: int, total: int | None) -> None:
        self._print(_megabytes(done) + (f" of {_megabytes(total)}" if total else ""))

    def _print(self, figures: str) -> None:
        now = time.monotonic()
        if now - self._last >= self._seconds:
            self._last = now
            click.echo(f"{self._title}: {figures}", err=True)


def show_summary(summary: dict[str, Any], out: Path) -> None:
    """Print a batch's label counts as a bar chart, and where its results are, to stderr."""
    none = summary.get("none", 0)  # an older server counts none
    counts = summary.get("clear", summary["counts"]) | {NO_EMOTION.name: none}
    most = max([*counts.values(), 1])
    for emotion in (*EMOTIONS, NO_EMOTION) if none else EMOTIONS:
        count = counts.get(emotion.name, 0)
        bar = "█" * round(_CHART_WIDTH * count / most)
        click.echo(f"{emotion.emoji} {emotion.name:<8} {count:>9,} {bar}", err=True)
    failed = f", {summary['failed']:,} of them without an answer" if summary["failed"] else ""
    silent = f", {none:,} of no clear emotion" if none else ""
    unsure = summary["unsure"] - none
    click.echo(f"{summary['rows']:,} rows{failed}{silent}, {unsure:,} unsure.", err=True)
    if str(out) != "-":
        click.echo(f"Wrote {out}", err=True)


def warn_of_failures(summary: dict[str, Any]) -> bool:
    """Warn if many rows have no answer; return whether any row has one."""
    failed, rows = summary["failed"], summary["rows"]
    if failed and failed >= _MANY * rows:
        reasons = ", ".join(f"{code} {count:,}" for code, count in summary["errors"].items())
        click.echo(
            f"Warning: {failed:,} of {rows:,} rows have no answer ({reasons}). The column `error` "
            "says why. Is it the right column? `emojify batch FILE --preview` shows the others.",
            err=True,
        )
    return not rows or failed < rows


def _figures(done: int, total: int | None, rate: float | None, unit: str) -> str:
    of = f" of {total:,}" if total is not None else ""
    return f"{done:,}{of} {unit}" + (f", {rate:,.0f} per second" if rate else "")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
