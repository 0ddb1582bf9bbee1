"""`emojify evaluate --behaviour`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from emojify_core.commands.evaluate import evaluate
from emojify_core.ml.evaluation.behaviour import lists
from emojify_core.ml.evaluation.behaviour.lists import BehaviourLists, Case, Template
from support.gated_model import EMOTIONAL, NOT_EMOTIONAL, save_gated_model

JOY, SILENT = frozenset({"joy"}), frozenset({"none"})


def cases(chat: frozenset[str]) -> BehaviourLists:
    """Make lists that the model meets, but for `chat`: what is wanted of a joyful text."""
    kinds = {"plain": (Case(NOT_EMOTIONAL, SILENT),), "chat": (Case(EMOTIONAL, chat),)}
    templates = (
        Template(f"The {{group}} man: {EMOTIONAL}", "joy"),
        Template(f"The {{group}} man: {NOT_EMOTIONAL}", "plain"),
    )
    return BehaviourLists(kinds, templates, ("tall",))


@pytest.fixture
def model(tmp_path: Path) -> str:
    """Save a model that is silent where it hears no joy."""
    save_gated_model(tmp_path / "gated")
    return str(tmp_path / "gated")


def run(monkeypatch: pytest.MonkeyPatch, chat: frozenset[str], *arguments: str) -> Result:
    """Run the suite on small lists."""
    monkeypatch.setattr(lists, "load_lists", lambda: cases(chat))
    return CliRunner().invoke(evaluate, ["--behaviour", *arguments])


def test_a_table_shows_rates_intervals_and_verdicts(
    monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    """A model that meets every threshold ends with 0."""
    result = run(monkeypatch, JOY, "--model", model)
    assert result.exit_code == 0, result.output
    for words in ("chat", "1.000", "0.850", "95 % interval", "met"):
        assert words in result.stdout
    assert "missed" not in result.stdout


def test_a_missed_threshold_ends_with_1_and_failures_are_shown(
    monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    """A build that ships such a model stops, and a person reads which sentences failed."""
    quiet = run(monkeypatch, SILENT, "--model", model)
    assert quiet.exit_code == 1
    assert "missed" in quiet.stdout
    assert EMOTIONAL not in quiet.stdout
    told = run(monkeypatch, SILENT, "--model", model, "--failures")
    assert f"chat: wanted none, shown joy (confident): {EMOTIONAL}" in told.stdout


def test_json_holds_failures_on_request(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    """The sentences judge later models too, so they are printed only when somebody asks."""
    found = {
        arguments: json.loads(run(monkeypatch, SILENT, "--model", model, *arguments).stdout)
        for arguments in (("--json",), ("--json", "--failures"))
    }
    chat = [check for one in found.values() for check in one["checks"] if check["name"] == "chat"]
    assert [check["met"] for check in chat] == [False, False]
    assert chat[0]["failures"] == 1
    assert chat[1]["failures"][0]["text"] == EMOTIONAL


def test_several_models_are_a_list(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    """All must meet the thresholds."""
    result = run(monkeypatch, JOY, "--model", model, "--model", model, "--json")
    assert result.exit_code == 0
    assert len(json.loads(result.stdout)) == 2


def test_failures_without_the_suite_is_a_mistake() -> None:
    """The error names the option that is missing."""
    result = CliRunner().invoke(evaluate, ["--failures"])
    assert result.exit_code == 2
    assert "--behaviour" in result.output
