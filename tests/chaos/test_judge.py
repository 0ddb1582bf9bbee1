"""The judge of the fault tests finds broken promises."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from chaos.client import Accepted
from chaos.judge import Judge
from chaos.planned_corrections import PlannedCorrection
from emojify_core.correction_states import CorrectionState
from emojify_core.settings import Settings
from emojify_core.storage.factory import open_storage, prepare_storage
from support.fake_update_runner import BASE_FILES, FakeUpdateRunner
from support.learning import draft
from support.trainer import CrashableTrainer


@dataclass
class Log:
    """A client's log with the answers of a correct API."""

    accepted: list[Accepted]
    trainer: CrashableTrainer
    undone: frozenset[str] = frozenset()
    rolled_back: bool = False

    def states(self) -> dict[str, dict[str, Any]]:
        """Return the states that the API would return."""
        return {
            each.id: {
                "id": each.id,
                "state": each.state.value,
                "reason": each.reason,
                "receipt": each.before and {"before": each.before},
            }
            for each in self.trainer.storage.corrections.page()
        }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """Create a home with two live corrections in two versions, and a refused one."""
    home = tmp_path_factory.mktemp("template")
    storage = open_storage(Settings.from_env({"EMOJIFY_HOME": str(home)}))
    prepare_storage(storage)
    storage.versions.ensure_base(BASE_FILES, {})
    (home / "base").mkdir()
    (home / "base" / "manifest.json").write_text("{}")
    storage.models.put(BASE_FILES, home / "base")
    trainer = CrashableTrainer(storage, FakeUpdateRunner(home))
    accepted = []
    for text in ("rain", "sun", "harm"):
        sent = replace(draft(text), idempotency_key=f"key of {text}")
        stored, _ = storage.corrections.add(sent, CorrectionState.QUEUED)
        accepted.append(
            Accepted(stored.id, f"key of {text}", PlannedCorrection(text, "sadness"), 0)
        )
        trainer.run()
    yield Log(accepted, trainer)
    storage.engine.dispose()


@pytest.fixture
def log(template: Log, tmp_path: Path) -> Iterator[Log]:
    """Return the log of a client for a copy of that home."""
    update_runner = template.trainer.update_runner
    template.trainer.storage.engine.dispose()
    shutil.copytree(update_runner.folder, tmp_path, dirs_exist_ok=True)
    storage = open_storage(Settings.from_env({"EMOJIFY_HOME": str(tmp_path)}))
    yield Log(template.accepted, CrashableTrainer(storage, replace(update_runner, folder=tmp_path)))
    storage.engine.dispose()


def tamper(home: Path, statement: str) -> None:
    """Make a change that the product's own constraints would prevent."""
    with closing(sqlite3.connect(home / "emojify.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute(statement)


def test_a_sound_installation_has_no_faults(log: Log, tmp_path: Path) -> None:
    """The judge reports no false alarm."""
    judge = Judge(tmp_path)
    assert judge.faults(log) == []  # type: ignore[arg-type]
    assert judge.open_ids(log) == []  # type: ignore[arg-type]
    assert judge.states(log) == {"live": 2, "refused": 1}  # type: ignore[arg-type]
    assert len(judge.held()) == 2


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("DELETE FROM corrections WHERE text = 'harm'", "lost"),
        ("DELETE FROM version_corrections WHERE version = 2", "lost"),
        (
            "INSERT INTO version_corrections SELECT 3, id FROM corrections WHERE text = 'rain'",
            "twice",
        ),
        ("UPDATE corrections SET idempotency_key = 'key of rain', client = sequence", "twice"),
        ("DELETE FROM model_versions WHERE version = 2", "gap"),
        ("UPDATE model_versions SET parent = NULL WHERE version = 3", "fork"),
        ("UPDATE live_pointer SET version = 2", "fork"),
        ("UPDATE model_versions SET source = 1 WHERE version = 3", "stale"),
        ("UPDATE corrections SET state = 'failed' WHERE text = 'harm'", "state"),
        ("UPDATE corrections SET state = 'refused' WHERE text = 'rain'", "state"),
        ("UPDATE corrections SET state = 'removed' WHERE text = 'rain'", "state"),
        ("UPDATE corrections SET before = NULL WHERE text = 'rain'", "state"),
    ],
)
def test_every_broken_promise_is_reported(
    log: Log, tmp_path: Path, statement: str, word: str
) -> None:
    """Each with its own sentence."""
    tamper(tmp_path, statement)
    found = Judge(tmp_path).faults(log)  # type: ignore[arg-type]
    assert word in {sentence.partition(":")[0] for sentence in found}, found


def test_files_trained_from_another_model_are_a_stale_publication(log: Log, tmp_path: Path) -> None:
    """The judge reads the stored files."""
    version = log.trainer.storage.versions.get(3)
    manifest = log.trainer.storage.models.folder(version.sha256) / "manifest.json"
    manifest.write_text(json.dumps({"data": {"update": {"parent": "another"}}}))
    (sentence,) = Judge(tmp_path).faults(log)  # type: ignore[arg-type]
    assert sentence.startswith("stale:")


@pytest.mark.parametrize("state", ["queued", "training", "checking"])
def test_an_unsettled_correction_is_open(log: Log, tmp_path: Path, state: str) -> None:
    """It makes a schedule late."""
    tamper(tmp_path, f"UPDATE corrections SET state = '{state}' WHERE text = 'sun'")  # noqa: S608
    assert Judge(tmp_path).open_ids(log) == [log.accepted[1].id]  # type: ignore[arg-type]


def test_a_removed_correction_in_the_model_is_open(log: Log, tmp_path: Path) -> None:
    """An undo ends when the live model no longer holds the text."""
    log.trainer.undo(log.accepted[0].id)
    judge = Judge(tmp_path)
    assert judge.open_ids(log) == [log.accepted[0].id]  # type: ignore[arg-type]
    log.trainer.run()
    assert judge.open_ids(log) == []  # type: ignore[arg-type]
