"""What the Models view tells of versions and refusals, in words."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from emojify_core.queue.worker_presence import Worker
from emojify_core.storage.corrections.records import Refusal, Version
from web.models.chart import chart, score_of
from web.text_catalog import TextCatalog


class History(NamedTuple):
    """Versions and refusals, newest first, and the number of the live version."""

    versions: Sequence[Version]
    live: int
    refusals: Sequence[Refusal]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version as it is listed."""

    version: int
    live: bool
    when: datetime
    cause: str
    verdict: str
    score: str | None
    served: str | None
    kept: bool  # its files are there to go back to


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """One refused candidate as it is listed."""

    when: datetime
    reason: str
    what: str
    score: str | None


def story(
    history: History,
    workers: Sequence[Worker] | None,
    *,
    holds: Callable[[str], bool],
    say: TextCatalog,
) -> dict[str, Any]:
    """Return what the template shows. `workers` is None if they cannot be seen."""
    versions, live, refusals = history
    serving = Counter(worker.model_version for worker in workers or ())
    there = {sha256: holds(sha256) for sha256 in {each.sha256 for each in versions}}
    lines = []
    for each in versions:
        score, served = score_of(each), serving[each.version]
        lines.append(
            VersionLine(
                version=each.version,
                live=each.version == live,
                when=each.created_at,
                cause=cause(each, say),
                verdict=verdict(each, say),
                score=score and say("models.score", value=score),
                served=say.count("models.served", served) if served else None,
                kept=there[each.sha256],
            )
        )
    return {
        "versions": lines,
        "chart": chart(versions, refusals, live, say),
        "refusals": [_refusal(each, say) for each in refusals],
        "workers": workers,
    }


def cause(version: Version, say: TextCatalog) -> str:
    """Return why there is this version."""
    why, kind = version.cause, version.cause["kind"]
    if kind == "shipped":
        return say("models.base" if version.parent is None else "models.release")
    if kind == "fine_tune":
        return say.count("models.fine_tune", why.get("corrections", 1))
    if kind == "rollback":
        name = "models.rollback_why" if why["why"] else "models.rollback"
        return say(name, target=why["target"], by=why["by"], why=why["why"])
    if kind == "undo":
        return say("models.unfit", **why) if "target" in why else say("models.undo")
    return say("models.unknown", kind=kind)


def verdict(version: Version, say: TextCatalog) -> str:
    """Return what the gate found."""
    if version.verdict is None:
        return say("models.shipped" if version.is_shipped else "models.unjudged")
    learned, earlier = version.verdict["corrections"], version.verdict["earlier"]
    flips = version.verdict["against_live"]
    said = say(
        "models.verdict",
        held=learned["held"],
        of=learned["of"],
        rows=f"{flips['rows']:,}",
        better=flips["better"],
        worse=flips["worse"],
    )
    if not earlier["of"]:
        return said
    kept = say("models.verdict_earlier", kept=earlier["kept"], earlier=earlier["of"])
    return f"{said} {kept}"


def _refusal(refusal: Refusal, say: TextCatalog) -> RefusalLine:
    what = say.count("models.refused", len(refusal.correction_ids), version=refusal.base_version)
    score = None
    if models := refusal.figures.get("models"):
        values = {name: f"{models[name]['macro_f1']:.3f}"[1:] for name in ("candidate", "live")}
        score = say("models.refused_score", value=values["candidate"], live=values["live"])
    return RefusalLine(refusal.created_at, refusal.reason, what, score)
