"""How long work takes, on stderr: a bar on a terminal, else a line now and then."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import click

from emojify_core.labels import EMOTIONS

_LINE_EVERY = 5.0  # seconds
_WIDTH = 40  # characters of the longest bar of a chart


class Bar(Protocol):
    """What work reports to."""

    def show(
        self,
        done: int,
        total: int | None,
        rate: float | None = None,
        eta_seconds: float | None = None,
    ) -> None:
        """So many rows are done, of so many if that is known."""
        ...

    def show_bytes(self, done: int, total: int | None) -> None:
        """So many bytes are done."""
        ...


@contextmanager
def show_progress(title: str) -> Iterator[Bar]:
    """Give what shows the progress of one piece of work until its end."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(title)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (
        TextColumn(title),
        BarColumn(),
        TextColumn("{task.fields[figures]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Terminal(progress, progress.add_task(title, total=None, figures=""))


class _Terminal:
    def __init__(self, progress: Any, task: Any) -> None:
        self._progress, self._task = progress, task

    def show(
        self,
        done: int,
        total: int | None,
        rate: float | None = None,
        eta_seconds: float | None = None,
    ) -> None:
        del eta_seconds  # Rich knows it better: it sees the last seconds
        figures = _figures(done, total, rate)
        self._progress.update(self._task, completed=done, total=total, figures=figures)

    def show_bytes(self, done: int, total: int | None) -> None:
        self._progress.update(self._task, completed=done, total=total, figures=_size(done))


class _Lines:
    def __init__(self, title: str) -> None:
        self._title, self._last = title, time.monotonic()

    def show(
        self,
        done: int,
        total: int | None,
        rate: float | None = None,
        eta_seconds: float | None = None,
    ) -> None:
        left = f", {eta_seconds:.0f} s left" if eta_seconds else ""
        self._say(_figures(done, total, rate) + left)

    def show_bytes(self, done: int, total: int | None) -> None:
        self._say(_size(done) + (f" of {_size(total)}" if total else ""))

    def _say(self, figures: str) -> None:
        now = time.monotonic()
        if now - self._last >= _LINE_EVERY:
            self._last = now
            click.echo(f"{self._title}: {figures}", err=True)


def show_summary(summary: dict[str, Any], out: Path) -> None:
    """Print what a batch holds as a bar chart, and where its results are, to stderr."""
    counts = summary["counts"]
    most = max([*counts.values(), 1])
    for emotion in EMOTIONS:
        number = counts.get(emotion.name, 0)
        bar = "█" * round(_WIDTH * number / most)
        click.echo(f"{emotion.emoji} {emotion.name:<8} {number:>9,} {bar}", err=True)
    failed = f", {summary['failed']:,} of them without an answer" if summary["failed"] else ""
    click.echo(f"{summary['rows']:,} rows{failed}, {summary['unsure']:,} unsure.", err=True)
    if str(out) != "-":
        click.echo(f"Wrote {out}", err=True)


def _figures(done: int, total: int | None, rate: float | None) -> str:
    of = f" of {total:,}" if total is not None else ""
    return f"{done:,}{of} rows" + (f", {rate:,.0f} a second" if rate else "")


def _size(number: int) -> str:
    return f"{number / 1e6:,.1f} MB"
