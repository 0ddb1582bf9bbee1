"""Which module may import which, and what an import may do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.interpreters import modules, run_code
from support.processes import REPOSITORY

TRAINING = ["tensorflow", "keras", "onnx", "sklearn", "scipy", "matplotlib", "pyarrow", "httpx"]
MODEL = ["tensorflow", "keras", "onnx", "onnxruntime", "sklearn", "numpy"]

LOADED = "print(json.dumps(sorted(name for name in sys.modules if '.' not in name)))"

WEB = f"""
import json
from emojify_core.settings import Settings
from web.app import create_app
client = create_app(Settings.from_env()).test_client()
assert client.get("/").status_code == client.get("/api").status_code == 200
assert client.post("/api/v1/predictions", json={{"text": "hello"}}).status_code == 503
import web.__main__
{LOADED}
"""

WORKER = f"""
import json
from emojify_core.messages import PredictReply, PredictRequest, Task
from emojify_core.settings import Settings
from worker.app import make_worker
import worker.__main__
app = make_worker(Settings.from_env())
request = PredictRequest(("We won!",), single=True, request_id="r")
answer = app.tasks[Task.PREDICT](request.to_payload())
assert len(PredictReply.from_payload(answer).answers[0].probabilities) == 7
{LOADED}
"""

# Imports every module except those for training, and reports the side effects of our own lines.
# An effect is ours if the innermost frame outside Python's standard library is in our code.
WATCHED = """
import importlib, json, os, sysconfig
OURS, STANDARD = sys.argv[1] + os.sep, sysconfig.get_path("stdlib") + os.sep
BLOCKED = set(json.loads(sys.argv[2]))

class Blocker:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError("blocked: training only")

def ours():
    frame = sys._getframe(2)
    while frame:
        path = frame.f_code.co_filename
        if path.startswith("<frozen importlib") or "importlib" in path:
            return False  # an import is what imports are for
        if path.startswith(OURS) and "site-packages" not in path:
            return True
        if "site-packages" in path or not (path.startswith(STANDARD) or path.startswith("<")):
            return False
        frame = frame.f_back
    return False

def watch(event, arguments):
    if event.partition(".")[0] in WATCHED and ours():
        did.append(f"{event} {arguments}")

def reading(original):
    def read(self, name):
        if ours():
            did.append(f"reads {name} from the environment")
        return original(self, name)
    return read

WATCHED = {"open", "os", "shutil", "socket", "sqlite3", "subprocess", "tempfile"}
did, training = [], []
os._Environ.__getitem__ = reading(os._Environ.__getitem__)
os._Environ.__contains__ = reading(os._Environ.__contains__)
sys.meta_path.insert(0, Blocker())
sys.addaudithook(watch)
for module in json.loads(sys.argv[3]):
    try:
        importlib.import_module(module)
    except ImportError as e:
        assert "blocked" in str(e), (module, e)
        training.append(module)
print(json.dumps({"did": did, "training": training, "left": os.listdir()}))
"""

# The one exception: this must be set before anything imports ONNX Runtime.
NO_TELEMETRY = "os.putenv (b'ORT_DISABLE_TELEMETRY', b'1')"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Import every module in an empty folder with invalid settings; return the side effects."""
    folder = tmp_path_factory.mktemp("empty")
    names = [name for name in modules() if ".migrations" not in name]  # Alembic runs them
    arguments = [str(REPOSITORY), json.dumps(TRAINING), json.dumps(names)]
    report: dict[str, list[str]] = run_code(
        WATCHED, *arguments, cwd=folder, EMOJIFY_PORT="none", EMOJIFY_REDIS_URL="none"
    )
    return report


def test_importing_a_module_touches_nothing(imported: dict[str, list[str]]) -> None:
    """An import opens no file or connection and reads no setting."""
    assert imported["did"] == [NO_TELEMETRY]
    assert imported["left"] == []


def test_only_training_code_needs_the_training_libraries(imported: dict[str, list[str]]) -> None:
    """Web and worker start on a machine without TensorFlow."""
    folders = {".".join(module.split(".")[:2]) for module in imported["training"]}
    assert imported["training"]
    assert folders <= {"emojify_core.ml", "emojify_core.commands", "emojify_core.client"}


def test_the_web_process_loads_no_model(tmp_path: Path) -> None:
    """It starts quickly and stays small."""
    loaded = set(run_code(WEB, EMOJIFY_HOME=str(tmp_path)))
    assert "flask" in loaded
    assert not loaded & set(MODEL)


def test_a_prediction_worker_loads_no_training_library(tmp_path: Path) -> None:
    """A worker needs a few hundred megabytes, not a gigabyte."""
    loaded = set(run_code(WORKER, EMOJIFY_HOME=str(tmp_path)))
    assert "onnxruntime" in loaded
    assert not loaded & set(TRAINING)


def test_the_import_contracts_hold() -> None:
    """Each room imports only the rooms below it (pyproject.toml)."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout
