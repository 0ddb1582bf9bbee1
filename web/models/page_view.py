"""What the Models page shows of versions and refused candidates."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from emojify_core.queue.worker_presence import Worker
from emojify_core.storage.versions.records import Refusal, Version
from web.models.chart import chart, macro_f1, score_of, short
from web.text_catalog import TextCatalog


class History(NamedTuple):
    """Versions and refusals, newest first, and the live version's number."""

    versions: Sequence[Version]
    live: int
    refusals: Sequence[Refusal]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the list."""

    version: int
    live: bool
    when: datetime
    cause: str
    verdict: str
    score: str | None
    served: str | None
    kept: bool  # its files still exist, so it can be activated


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """One refused candidate in the list."""

    when: datetime
    reason: str
    what: str
    score: str | None


def models_view(
    history: History,
    workers: Sequence[Worker] | None,
    *,
    holds: Callable[[str], bool],
    administrator: bool,
    say: TextCatalog,
) -> dict[str, Any]:
    """Return the template's values. `workers` is None when Redis does not answer.

    Only an administrator reads who rolled back, and why.
    """
    versions, live, refusals = history
    serving = Counter(worker.model_version for worker in workers or ())
    has_files = {sha256: holds(sha256) for sha256 in {each.sha256 for each in versions}}
    lines = []
    for each in versions:
        score, served = score_of(each), serving[each.version]
        lines.append(
            VersionLine(
                version=each.version,
                live=each.version == live,
                when=each.created_at,
                cause=cause(each, say, administrator=administrator),
                verdict=verdict(each, say),
                score=score and say("models.score", value=score),
                served=say.count("models.served", served) if served else None,
                kept=has_files[each.sha256],
            )
        )
    return {
        "versions": lines,
        "chart": chart(versions, refusals, live, say),
        "refusals": [_refusal(each, say) for each in refusals],
        "workers": workers,
    }


def cause(version: Version, say: TextCatalog, *, administrator: bool) -> str:
    """Return a sentence on what made this version."""
    details, kind = version.cause, version.cause["kind"]
    if kind == "shipped":
        return say("models.base" if version.parent is None else "models.release")
    if kind == "fine_tune":
        return say.count("models.fine_tune", details.get("corrections", 1))
    if kind == "rollback":
        if not administrator:
            return say("models.rollback_public", target=details["target"])
        name = "models.rollback_why" if details["why"] else "models.rollback"
        return say(name, target=details["target"], by=details["by"], why=details["why"])
    if kind == "undo":
        return say("models.unfit", **details) if "target" in details else say("models.undo")
    return say("models.unknown", kind=kind)


def verdict(version: Version, say: TextCatalog) -> str:
    """Return the gate's verdict as a sentence."""
    if version.verdict is None:
        return say("models.shipped" if version.is_shipped else "models.unjudged")
    learned, earlier = version.verdict["corrections"], version.verdict["earlier"]
    flips = version.verdict["against_live"]
    sentence = say(
        "models.verdict",
        held=learned["held"],
        of=learned["of"],
        rows=f"{flips['rows']:,}",
        better=flips["better"],
        worse=flips["worse"],
    )
    if not earlier["of"]:
        return sentence
    kept = say("models.verdict_earlier", kept=earlier["kept"], earlier=earlier["of"])
    return f"{sentence} {kept}"


def _refusal(refusal: Refusal, say: TextCatalog) -> RefusalLine:
    what = say.count("models.refused", len(refusal.correction_ids), version=refusal.base_version)
    score = None
    if refusal.figures.get("models"):
        candidate, live = (short(macro_f1(refusal.figures, name)) for name in ("candidate", "live"))
        score = say("models.refused_score", value=candidate, live=live)
    return RefusalLine(refusal.created_at, refusal.reason, what, score)
