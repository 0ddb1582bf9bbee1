"""Which files `emojify batch` reads, and where it writes the results of each."""

import glob
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click

from emojify_core.batches.results.table import ResultFormat
from emojify_core.errors import DataError

PIPE = Path("-")  # standard input or output
_BY_SUFFIX = {
    ".csv": ResultFormat.CSV,
    ".xlsx": ResultFormat.XLSX,
    **dict.fromkeys((".jsonl", ".ndjson"), ResultFormat.JSONL),
}
# The format of the results of a file, unless somebody chooses another one.
_OF_SOURCE = {
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), ResultFormat.JSONL),
    **dict.fromkeys((".xlsx", ".xls", ".ods"), ResultFormat.XLSX),
}


@dataclass(frozen=True, slots=True)
class Work:
    """One file to answer. `name` is empty for standard input."""

    source: Path
    name: str
    out: Path
    result_format: ResultFormat


def plan(
    files: Sequence[str], out: Path | None, result_format: str | None, *, force: bool
) -> list[Work]:
    """Return what is to be done. Raises UsageError, and DataError for a file that is in the way."""
    sources = [source for pattern in files for source in _expand(pattern)]
    if len(sources) > 1 and out is not None and not out.is_dir():
        if out == PIPE or out.suffix or out.exists():
            raise click.UsageError("With several files, --out is a folder; or leave it out.")
        out.mkdir(parents=True)
    works = [
        Work(source, _name(source), *target(_name(source), out, result_format, source.parent))
        for source in sources
    ]
    places = [work.out for work in works]
    if len(set(places) - {PIPE}) < len(places) - places.count(PIPE):
        raise click.UsageError("Two of the files would have results of the same name.")
    for place in places:
        require_room(place, force=force)
    return works


def target(
    name: str, out: Path | None, result_format: str | None, folder: Path
) -> tuple[Path, ResultFormat]:
    """Return where the results of a file go, and their format: by the name, or as chosen."""
    source = Path(name.removesuffix(".gz"))
    default = _OF_SOURCE.get(source.suffix.lower(), ResultFormat.CSV)
    chosen = ResultFormat(result_format) if result_format else default
    own_name = f"{source.stem}.emojified.{chosen.suffix}"
    if out is None:
        return (folder / own_name if name else PIPE), chosen
    if out == PIPE:
        return out, chosen
    if out.is_dir():
        return out / own_name, chosen
    named = _BY_SUFFIX.get(out.suffix.lower())
    if named is None and result_format is None:
        raise click.UsageError(
            f"The name {out.name!r} tells no format. End it with .csv, .jsonl or .xlsx, or give "
            "--format."
        )
    if named and result_format and named.suffix != chosen.suffix:
        raise click.UsageError(f"--format {result_format} does not fit the name {out.name!r}.")
    return out, chosen if result_format or named is None else named


def require_room(place: Path, *, force: bool) -> None:
    """Raise DataError when results would overwrite a file, unless that is forced."""
    if place != PIPE and place.exists() and not force:
        raise DataError(f"{place} exists already. Give --force to overwrite it, or another --out.")


@contextmanager
def readable(work: Work) -> Iterator[Work]:
    """Yield the work with a source that can be read twice: what a pipe brings is kept meanwhile."""
    if work.source != PIPE:
        yield work
        return
    with tempfile.TemporaryDirectory(prefix="emojify-") as folder:
        kept = Path(folder, "input")
        with kept.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield replace(work, source=kept)


def _expand(pattern: str) -> list[Path]:
    """Return the files of a pattern that no shell has expanded."""
    path = Path(pattern)
    if path == PIPE or path.exists():
        if path.is_dir():
            raise click.UsageError(
                f"{pattern} is a folder. Name its files, such as {pattern}/*.csv."
            )
        return [path]
    found = sorted(glob.glob(pattern, recursive=True)) if glob.has_magic(pattern) else []  # noqa: PTH207
    if not found:
        raise click.UsageError(f"There is no file {pattern!r}.")
    return [Path(each) for each in found if Path(each).is_file()]


def _name(source: Path) -> str:
    return "" if source == PIPE else source.name
