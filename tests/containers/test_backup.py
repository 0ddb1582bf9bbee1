"""A backup restored into an empty stack."""

from containers.batches import SentBatch
from containers.corrector import Corrector
from containers.installation import Installation
from containers.settling import until_all_serve, until_nothing_waits

QUERIES = (
    "SELECT id, text, label, state, client FROM corrections ORDER BY id",
    "SELECT version, sha256, parent FROM model_versions ORDER BY version",
    "SELECT version, correction_id FROM version_corrections ORDER BY 1, 2",
    "SELECT version, generation FROM live_pointer",
)


def test_a_restored_backup_has_every_correction_and_the_live_version(
    stack: Installation, corrector: Corrector
) -> None:
    """Another machine continues from the moment of the backup."""
    for _ in range(3):
        corrector.correct()
    until_nothing_waits(stack)
    batch = SentBatch(corrector.http, 3000)
    batch.until_succeeded()
    stack.run(["deploy/compose/backup", "backup"])
    kept = [stack.sql(query) for query in QUERIES]
    live = stack.models()["live"]
    assert live > 1
    stack.compose("down", "--volumes", "--timeout", "5")
    stack.run(["make", "up"])
    assert stack.models()["live"] == 1, "the stack is empty"
    assert stack.sql("SELECT count(*) FROM corrections") == [["0"]]
    stack.run(["deploy/compose/restore", "backup"], stdin="n\n", fails=True)
    assert stack.models()["live"] == 1, "without a yes nothing is changed"

    said = stack.run(["deploy/compose/restore", "backup"], stdin="y\n")
    assert "Restored" in said
    assert [stack.sql(query) for query in QUERIES] == kept
    assert stack.models()["live"] == live
    until_all_serve(stack, live)
    assert corrector.states().total() == 3, "the cookie given out before is still known"
    batch.until_succeeded()  # the results are in the backup too
    corrector.correct()
    assert corrector.until_settled()["live"] == 4, "the restored stack learns on"
    assert stack.models()["live"] > live


def test_a_damaged_backup_is_not_restored(stack: Installation) -> None:
    """A truncated file is detected before anything is replaced."""
    dump = stack.folder / "backup" / "database.dump"
    content = dump.read_bytes()
    dump.write_bytes(content[:-100])
    said = stack.run(["deploy/compose/restore", "backup", "--yes"], fails=True)
    assert "not complete" in said
    dump.write_bytes(content)
    assert "another folder" in stack.run(["deploy/compose/backup", "backup"], fails=True)
