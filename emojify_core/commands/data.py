"""`emojify data`: download and inspect the training data."""

from pathlib import Path

import click

from emojify_core.commands.terminal.output import json_option, show, show_json
from emojify_core.commands.terminal.progress import show_progress
from emojify_core.labels import EMOTIONS
from emojify_core.settings import Settings

_PARTS = ("train", "validation", "gate", "test", "dropped")


@click.group(epilog="Example: emojify data show")
def data() -> None:
    """Download and inspect the training data.

    Training uses PsychExp, and the texts of GoEmotions without their labels.
    """


@data.command(epilog="Example: emojify data fetch --to /srv/emojify/raw.pickle")
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. [default: $EMOJIFY_HOME/data/psychexp/raw.pickle]",
)
@click.option("--url", help="Another URL of the same file. [default: its public URL]")
@json_option
def fetch(to: Path | None, url: str | None, *, as_json: bool) -> None:
    """Download PsychExp and verify its SHA-256.

    Does nothing if the file is there already, or if EMOJIFY_PSYCHEXP names it.
    """
    from emojify_core.ml.data import psychexp  # noqa: PLC0415 - numpy; `emojify --help` stays fast

    settings = Settings.from_env()
    if to is None and settings.psychexp is not None:
        path = settings.psychexp
        psychexp.find_psychexp(path, settings.home)  # raises when it is not a file
        psychexp.verified_bytes(path)
        sentence = f"EMOJIFY_PSYCHEXP names the right file, {path}: nothing to download."
    else:
        path = (to or psychexp.default_path(settings.home)).absolute()
        fresh = _download("PsychExp", url or psychexp.URL, path, psychexp.SHA256, 2 * psychexp.SIZE)
        sentence = f"{'Wrote' if fresh else 'Already there:'} {path}, its SHA-256 is right."
        if to is not None:
            sentence += f"\nTo train on it, set EMOJIFY_PSYCHEXP={path}"
    show({"file": str(path), "sha256": psychexp.SHA256}, sentence, as_json=as_json)


@data.command(epilog="Example: emojify data fetch-texts")
@click.option("--url", help="Another folder with the three files. [default: their public URL]")
def fetch_texts(url: str | None) -> None:
    """Download GoEmotions' texts; training does not use its labels.

    Training verifies each text by its own checksum. `emojify train` also works without them.
    """
    from emojify_core.ml.data import distillation, goemotions  # noqa: PLC0415 - numpy

    folder = goemotions.default_folder(Settings.from_env().home)
    base = (url or goemotions.URL).rstrip("/")
    for name in goemotions.FILES:
        _download(
            f"GoEmotions' {name}", f"{base}/{name}", folder / name, None, goemotions.MAX_BYTES
        )
    usable, _ = goemotions.match_logits(
        goemotions.read_texts(folder), distillation.load_teacher_logits()
    )
    click.echo(f"{folder} holds {len(usable):,} of the {goemotions.TEXTS:,} texts for training.")


@data.command("show", epilog="Example: emojify data show")
@json_option
def show_(*, as_json: bool) -> None:
    """Show which data is there, if it is intact and how it is split."""
    from emojify_core.ml.data import psychexp, splits, starter_set  # noqa: PLC0415 - numpy

    settings = Settings.from_env()
    path = psychexp.find_psychexp(settings.psychexp, settings.home)
    if path is None:
        texts, labels = starter_set.load_starter()
        parts: dict[str, int] = {}
    else:
        data_set = psychexp.load_psychexp(path)
        texts, labels = data_set.texts, data_set.labels
        split = splits.make_splits(texts, labels)
        parts = {name: len(getattr(split, name)) for name in _PARTS}
    counts = {each.name: int((labels == place).sum()) for place, each in enumerate(EMOTIONS)}
    if as_json:
        file = None if path is None else str(path)
        show_json({"psychexp": file, "texts": len(texts), "labels": counts, "parts": parts})
        return
    if path is None:
        click.echo(f"PsychExp is not at {psychexp.default_path(settings.home)}.")
        click.echo("Download it with `emojify data fetch`. Until then, starter sentences are used.")
        click.echo(f"Starter sentences: {len(texts):,}")
    else:
        click.echo(f"PsychExp: {path}\nSHA-256: {psychexp.SHA256}, as expected")
        click.echo(f"Texts: {len(texts):,}")
    _show_counts(counts)
    if parts:
        click.echo("Parts:")
        _show_counts(parts)


def _download(name: str, url: str, path: Path, sha256: str | None, limit: int) -> bool:
    """Download a file unless it is there; return whether it was downloaded."""
    from emojify_core.ml.data.download import fetch as download  # noqa: PLC0415 - httpx

    click.echo(f"Downloading {name} from {url}, unless it is there already", err=True)
    with show_progress(name) as progress:
        return download(url, path, sha256, progress=progress.show_bytes, limit=limit)


def _show_counts(counts: dict[str, int]) -> None:
    for name, count in counts.items():
        click.echo(f"  {name:<10} {count:>6,}")
