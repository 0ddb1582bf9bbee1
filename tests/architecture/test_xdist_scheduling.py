"""Tests are distributed among processes as intended; a mistake here only makes them slow."""

import json

from support.interpreters import run_code
from support.processes import REPOSITORY, free_port
from support.xdist_scheduling import ONE_PROCESS, STARTED_EARLY, rank, scope

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


def test_every_folder_of_the_schedule_exists() -> None:
    """Tests of a renamed folder would lose their shared fixture, and be slow."""
    named = (*ONE_PROCESS, *STARTED_EARLY)
    assert [folder for folder in named if not (REPOSITORY / folder).is_dir()] == []


def test_the_innermost_folder_decides_the_scope() -> None:
    """Tests of the databases do not belong to the Redis server of the folder above."""
    storage = "tests/integration/emojify_core/storage/"
    assert scope(f"{storage}versions/test_x.py::test_y") == storage
    assert scope("tests/integration/web/test_x.py::test_y") == "tests/integration/"
    assert scope("tests/e2e/own_stack/test_x.py::test_y") == "tests/e2e/own_stack/test_x.py"
    assert scope("tests/unit/test_x.py::test_y") == "tests/unit/test_x.py"
    assert rank("tests/e2e/shared_stack/test_x.py") == 0
    assert rank("tests/unit/test_x.py") == len(ONE_PROCESS) + len(STARTED_EARLY)


def test_a_port_belongs_to_one_process() -> None:
    """A server that starts seconds later still finds its port free."""
    given = [free_port() for _ in range(20)]
    assert len(set(given)) == 20
    assert run_code(ASK_FOR_ONE_OF, json.dumps(given)) == "no port is free"
