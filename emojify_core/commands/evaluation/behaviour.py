"""`emojify evaluate --behaviour`: the suite of sentences that judge how a model reads."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emojify_core.commands.terminal.output import make_table

if TYPE_CHECKING:
    from rich.table import Table

    from emojify_core.ml.evaluation.behaviour.suite import Behaviour


def run_behaviour(folders: Sequence[Path], *, as_json: bool, failures: bool) -> bool:
    """Run the suite on every model and print it; tell whether all thresholds are met."""
    from emojify_core.ml.evaluation.behaviour.lists import load_lists  # noqa: PLC0415 - ONNX
    from emojify_core.ml.evaluation.behaviour.suite import check_behaviour  # noqa: PLC0415
    from emojify_core.ml.inference.predictor import Predictor  # noqa: PLC0415

    lists = load_lists()
    results = [check_behaviour(Predictor.load(folder), lists) for folder in folders]
    if as_json:
        documents = [_document(result, failures=failures) for result in results]
        one_or_all = documents if len(documents) > 1 else documents[0]
        click.echo(json.dumps(one_or_all, indent=2, ensure_ascii=False))
    else:
        _print(results, failures=failures)
    return all(result.met for result in results)


def _document(result: "Behaviour", *, failures: bool) -> dict[str, object]:
    """Return a result for JSON: with the sentences that failed, or with their number."""
    document = result.to_dict()
    for check in document["checks"]:
        if not failures:
            check["failures"] = len(check["failures"])
    return document


def _print(results: "Sequence[Behaviour]", *, failures: bool) -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to import

    console = Console(highlight=False)
    for result in results:
        console.print(f"\nModel {result.model[:12]}\n")
        console.print(_table(result))
        if failures:
            _print_failures(result)


def _table(result: "Behaviour") -> "Table":
    return make_table(
        ("Kind", "Sentences", "Passed", "95 % interval", "Threshold", "Verdict"),
        (
            (
                check.name,
                f"{check.sentences:,}",
                f"{check.rate:.3f}",
                f"{check.low:.3f} to {check.high:.3f}",
                "–" if check.threshold is None else f"{check.threshold:.3f}",
                _verdict(met=check.met, promised=check.threshold is not None),
            )
            for check in result.checks
        ),
    )


def _verdict(*, met: bool, promised: bool) -> str:
    if not promised:
        return "–"
    return "met" if met else "missed"


def _print_failures(result: "Behaviour") -> None:
    """Print each sentence that failed: what was wanted, what was shown, the text."""
    for check in result.checks:
        for failure in check.failures:
            sure = " (confident)" if failure.confident else ""
            said = f"wanted {failure.wanted}, shown {failure.shown}{sure}"
            click.echo(f"{check.name}: {said}: {failure.text}")
