"""An installation with versions of all kinds and refusals, made without training."""

from typing import Any

from emojify_core.storage.factory import Storage
from emojify_core.storage.versions.publish import Publication
from support.model_files import put_files

BASE = 0.614
DATA = "PsychExp"


def gate(macro_f1: float, *, live: float = BASE, held: int = 1, of: int = 1) -> dict[str, Any]:
    """Return figures as the gate writes them into a verdict."""
    models = {"candidate": macro_f1, "live": live, "base": BASE}
    flips = {"rows": 600, "worse": 2, "better": 3}
    return {
        "corrections": {"held": held, "of": of},
        "earlier": {"kept": 4, "of": 4},
        "data": DATA,
        "models": {name: {"macro_f1": value, "accuracy": value} for name, value in models.items()},
        "against_live": flips,
        "against_base": flips,
        "complaints": [],
    }


def publish(storage: Storage, macro_f1: float, corrections: int = 1, *, files: bool = True) -> int:
    """Publish a version with this macro-F1, with or without its files; return its number."""
    live = storage.versions.live()
    sha256 = f"{live.version.version + 1:064x}"
    if files:
        put_files(storage, sha256)
    figures = gate(macro_f1, of=corrections, held=corrections)
    new = Publication(
        sha256=sha256,
        source=live.version.version,
        cause={"kind": "fine_tune", "by": "trainer", "corrections": corrections},
        metrics={"gate": figures},
        verdict=figures,
        learned={},
    )
    return storage.versions.publish(new, live.generation).version


def refuse(storage: Storage, macro_f1: float, reason: str) -> None:
    """Refuse a candidate made from the live version."""
    storage.versions.record_refusal(
        base_version=storage.versions.live().version.version,
        correction_ids=["some-correction"],
        figures=gate(macro_f1),
        reason=reason,
        final=False,
    )


def make_history(storage: Storage) -> None:
    """Make seven versions: the sixth rolls back to the third; the second has lost its files."""
    put_files(storage, "a" * 64)
    storage.versions.ensure_base("a" * 64, {"validation": {"macro_f1": BASE}})
    publish(storage, 0.616, files=False)
    for macro_f1, corrections in ((0.619, 3), (0.613, 1), (0.611, 12)):
        publish(storage, macro_f1, corrections)
    refuse(storage, 0.598, "It would forget 3 of 9 earlier corrections.")
    storage.versions.activate(3, by="administrator", why="better on the rows", requeue=False)
    publish(storage, 0.621)
