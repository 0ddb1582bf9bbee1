"""`emojify data`: get the training data and say what is there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from emojify_core.commands.terminal.server_options import json_option, show_json
from emojify_core.labels import EMOTIONS
from emojify_core.settings import Settings

_PARTS = ("train", "validation", "gate", "test", "dropped")


@click.group(epilog="Example: emojify data show")
def data() -> None:
    """Get and inspect the training data: PsychExp's labelled texts, GoEmotions' without labels."""


@data.command(epilog="Example: emojify data fetch --to /srv/emojify/raw.pickle")
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to put the file. [default: $EMOJIFY_HOME/data/psychexp/raw.pickle]",
)
@click.option("--url", help="Another place that has the same file. [default: its public address]")
@json_option
def fetch(to: Path | None, url: str | None, *, as_json: bool) -> None:
    """Download PsychExp once, checked by its SHA-256.

    Nothing is downloaded if the right file is there, or if EMOJIFY_PSYCHEXP names it.
    """
    from emojify_core.ml.data import psychexp  # noqa: PLC0415 - numpy; `emojify --help` stays fast

    settings = Settings.from_env()
    if to is None and settings.psychexp is not None:
        given = psychexp.find_psychexp(settings.psychexp, settings.home) or settings.psychexp
        psychexp.verified_bytes(given)
        sentence = f"EMOJIFY_PSYCHEXP names the right file, {given}: nothing to download."
        _tell(given, psychexp.SHA256, sentence, as_json=as_json)
        return

    from emojify_core.ml.data import download  # noqa: PLC0415 - httpx

    destination = (to or psychexp.default_path(settings.home)).absolute()
    url = url or psychexp.URL
    with _progress("PsychExp", url) as progress:
        fresh = download.fetch(
            url, destination, psychexp.SHA256, progress=progress, limit=2 * psychexp.SIZE
        )
    sentence = f"{'Wrote' if fresh else 'Already there:'} {destination}, its SHA-256 is right."
    if to is not None:
        sentence += f"\nTo train on it, set EMOJIFY_PSYCHEXP={destination}"
    _tell(destination, psychexp.SHA256, sentence, as_json=as_json)


def _tell(file: Path, sha256: str, sentence: str, *, as_json: bool) -> None:
    show_json({"file": str(file), "sha256": sha256}) if as_json else click.echo(sentence)


@data.command(epilog="Example: emojify data fetch-texts")
@click.option("--url", help="Another folder with the three files. [default: its public address]")
def fetch_texts(url: str | None) -> None:
    """Download GoEmotions, whose texts (not its labels) training uses beside PsychExp.

    Each text is checked by its own sum when it is used. `emojify train` also works without it.
    """
    from emojify_core.ml.data import download, goemotions  # noqa: PLC0415 - httpx, numpy
    from emojify_core.ml.data.distillation import load_teacher_logits  # noqa: PLC0415

    folder = goemotions.default_folder(Settings.from_env().home)
    base = (url or goemotions.URL).rstrip("/")
    for name in goemotions.FILES:
        address = f"{base}/{name}"
        with _progress(f"GoEmotions' {name}", address) as progress:
            download.fetch(
                address, folder / name, None, progress=progress, limit=goemotions.MAX_BYTES
            )
    known, _ = goemotions.match_logits(goemotions.read_texts(folder), load_teacher_logits())
    click.echo(
        f"{folder} holds {len(known):,} of the {goemotions.TEXTS:,} texts that training knows "
        "an answer to."
    )


@data.command(epilog="Example: emojify data show")
@json_option
def show(*, as_json: bool) -> None:
    """Say which data is there, whether it is intact, and how it is divided."""
    from emojify_core.ml.data import psychexp, splits, starter_set  # noqa: PLC0415 - numpy

    settings = Settings.from_env()
    path = psychexp.find_psychexp(settings.psychexp, settings.home)
    if path is None:
        texts, labels = starter_set.load_starter()
        parts: dict[str, int] = {}
    else:
        data_set = psychexp.load_psychexp(path)
        texts, labels = data_set.texts, data_set.labels
        divided = splits.make_splits(texts, labels)
        parts = {name: len(getattr(divided, name)) for name in _PARTS}
    counts = {each.name: int((labels == place).sum()) for place, each in enumerate(EMOTIONS)}
    if as_json:
        file = None if path is None else str(path)
        show_json({"psychexp": file, "texts": len(texts), "labels": counts, "parts": parts})
        return
    if path is None:
        click.echo(f"PsychExp: not at {psychexp.default_path(settings.home)}.")
        click.echo("Get it with `emojify data fetch`; until then the starter sentences serve.")
        click.echo(f"Starter sentences: {len(texts):,}")
    else:
        click.echo(f"PsychExp: {path}\nSHA-256: {psychexp.SHA256}, as it should be")
        click.echo(f"Texts: {len(texts):,}")
    _list(counts)
    if parts:
        click.echo("Parts:")
        _list(parts)


def _list(counts: dict[str, int]) -> None:
    for name, number in counts.items():
        click.echo(f"  {name:<10} {number:>6,}")


@contextmanager
def _progress(name: str, url: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar on a terminal and a plain line elsewhere."""
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        click.echo(f"Looking for {name}, else from {url}", err=True)
        yield lambda _received, _total: None
        return
    columns = (TextColumn(name), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda received, total: bar.update(task, completed=received, total=total)
