"""The table of many schedules: faults, costs and results."""

import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

from chaos.schedule import HEAVY, LIGHT, Outcome

# Broken promises by the first word of the judge's sentences.
PROMISES = {
    "lost": "corrections lost after their 202",
    "twice": "corrections stored or applied twice",
    "gap": "gaps in the versions",
    "fork": "forks of the versions",
    "stale": "publications by a stale lock holder",
    "state": "corrections in a state without a cause",
    "late": "schedules not settled within 60 s of the last fault",
}
OTHERS = "predictions failed, mixed or of an older version, without a reason"


def summary(outcomes: Sequence[Outcome], *, with_psychexp: bool, rigs: int = 1) -> dict[str, Any]:
    """Return the totals and the figures of each schedule."""
    broken = Counter(_kind(sentence) for outcome in outcomes for sentence in outcome.wrong)
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}",
        "rigs": rigs,
        "load": round(median(outcome.load for outcome in outcomes), 1),
        "gate": "PsychExp" if with_psychexp else "starter set",
        "schedules": len(outcomes),
        "corrections": sum(outcome.accepted for outcome in outcomes),
        "versions": sum(outcome.versions for outcome in outcomes),
        "predictions": _added(outcome.predictions for outcome in outcomes),
        "states": _added(outcome.states for outcome in outcomes),
        "broken": {name: broken[name] for name in (*PROMISES, "prediction")},
        "seconds": round(sum(outcome.seconds for outcome in outcomes)),
        "faults": {
            name: _of_fault([each for each in outcomes if name in each.faults])
            for name in (*HEAVY, *LIGHT)
        },
        "outcomes": [outcome.as_json() for outcome in outcomes],
    }


def markdown(report: Mapping[str, Any]) -> str:
    """Return the table as a Markdown page."""
    predictions = report["predictions"]
    first = report["outcomes"][0]["seed"]
    about = (
        f"`make chaos-long`, {report['date']}, {report['machine']}, load {report['load']}; the "
        "gate's rows: "
        f"{report['gate']}. {report['schedules']} schedules of 25 corrections (seeds from "
        f"{first}), {report['rigs']} installation(s) at once, on real processes: Redis, web, two "
        "prediction workers, a trainer with TensorFlow. Each schedule has one of the upper faults "
        "in turn and three of the lower, while clients request predictions all the time. The judge "
        "reads the client's log of 202s, the HTTP answers, the tables and the files. It uses none "
        "of the product's code."
    )
    size = (
        f"{report['corrections']} corrections got 202; {report['versions']} versions "
        f"were published; {predictions.get('answered', 0)} predictions were answered."
    )
    unanswered = (
        "Predictions not answered, each while something was away: "
        f"{predictions.get('503', 0)} got 503 and {predictions.get('lost', 0)} ended as lost "
        f"(Redis away or emptied), {predictions.get('no connection', 0)} found no connection (the "
        "web process killed)."
    )
    promises = [f"| {text} | {report['broken'][name]} |" for name, text in PROMISES.items()]
    faults = [
        f"| {name} | {each['schedules']} | {each['median']} s | {each['slowest']} s |"
        for name, each in report["faults"].items()
        if each["schedules"]
    ]
    ends = f"How the corrections ended: {_words(report['states'])}."
    lines = [
        *("# Corrections while everything breaks", "", about, "", size, ""),
        *("| promise | broken |", "|---|---|", *promises),
        *(f"| {OTHERS} | {report['broken']['prediction']} |", "", unanswered, "", ends, ""),
        "| fault | schedules | settled after the last fault, median | slowest |",
        *("|---|---|---|---|", *faults, ""),
    ]
    return "\n".join(lines)


def _kind(sentence: str) -> str:
    word = sentence.partition(":")[0]
    return word if word in PROMISES else "prediction"


def _added(counts: Any) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total.most_common())


def _of_fault(outcomes: Sequence[Outcome]) -> dict[str, float]:
    times = [outcome.recovery for outcome in outcomes] or [0.0]
    return {
        "schedules": len(outcomes),
        "median": round(median(times), 1),
        "slowest": round(max(times), 1),
    }


def _words(states: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in states.items())
