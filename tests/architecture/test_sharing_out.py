"""The tests are shared out among processes as was meant; nothing else would say."""

import json

from support.folders_together import TOGETHER, place_of
from support.interpreters import ask
from support.processes import REPOSITORY, free_port

ASK_FOR_ONE_OF = """
import json
sys.path.insert(0, "tests")
from support import processes
processes.PORTS = json.loads(sys.argv[1])
try:
    print(json.dumps(processes.free_port()))
except AssertionError as e:
    print(json.dumps(str(e)))
"""


def test_every_folder_that_stays_together_is_there() -> None:
    """A folder that was renamed would be torn apart, and be slow."""
    assert [folder for folder in TOGETHER if not (REPOSITORY / folder).is_dir()] == []


def test_a_folder_within_another_is_known_by_its_own_name() -> None:
    """The databases' tests are not taken for those of the server beside them."""
    assert (
        TOGETHER[place_of("tests/integration/emojify_core/storage/test_x.py")]
        == "tests/integration/emojify_core/storage"
    )
    assert TOGETHER[place_of("tests/integration/test_x.py")] == "tests/integration"
    assert place_of("tests/unit/test_x.py") == len(TOGETHER)


def test_a_port_is_given_to_one_process_only() -> None:
    """A server that starts some seconds later finds its port as free as it was."""
    given = [free_port() for _ in range(20)]
    assert len(set(given)) == 20
    assert ask(ASK_FOR_ONE_OF, json.dumps(given)) == "no port is free"
