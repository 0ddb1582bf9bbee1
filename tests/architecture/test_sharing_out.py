"""The tests are shared out among processes as was meant; nothing else would say."""

from support.folders_together import TOGETHER, place_of
from support.processes import REPOSITORY


def test_every_folder_that_stays_together_is_there() -> None:
    """A folder that was renamed would be torn apart, and be slow."""
    assert [folder for folder in TOGETHER if not (REPOSITORY / folder).is_dir()] == []


def test_a_folder_within_another_is_known_by_its_own_name() -> None:
    """The databases' tests are not taken for those of the server beside them."""
    assert TOGETHER[place_of("tests/integration/storage/test_x.py")] == "tests/integration/storage"
    assert TOGETHER[place_of("tests/integration/test_x.py")] == "tests/integration"
    assert place_of("tests/unit/test_x.py") == len(TOGETHER)
