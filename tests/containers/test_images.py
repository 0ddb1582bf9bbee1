"""The content of the images."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from containers.installation import IMAGES, Installation
from emojify_core.ml.data.psychexp import load_psychexp

# Bytes above the base image: the promise for web and prediction, a bound for the others.
LARGEST = {"web": 250e6, "flower": 250e6, "predict": 400e6, "train": 2.2e9}
BASE = re.compile(r"^ARG BASE=(\S+)$", re.MULTILINE)
# These must not come from us.
TOOLS = ("cc", "gcc", "g++", "clang", "ld", "make", "git", "uv")
UNWANTED = re.compile(
    r"(^|/)(\.env|\.git|\.cache|tests?/containers|raw\.pickle|[^/]*\.(pickle|secret|sqlite3))/?$"
)
MISSING = {
    "web": ("tensorflow", "keras", "onnxruntime", "numpy", "emojify_core.ml", "worker", "pip"),
    "flower": ("tensorflow", "onnxruntime", "numpy", "emojify_core.ml", "worker", "web", "pip"),
    "predict": ("tensorflow", "keras", "onnx", "sklearn", "web", "flask", "pip"),
    "train": ("web", "flask", "pip"),
}
HERE = {"web": "web", "flower": "flower", "predict": "onnxruntime", "train": "tensorflow"}


@pytest.fixture
def listing(built: Installation, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Return the paths of all files in an image that is saved as `image.tar`."""
    container = built.run(["docker", "create", built.image(request.param)]).strip()
    built.run(["sh", "-c", 'docker export "$1" >image.tar', "sh", container])
    yield built.run(["tar", "-tf", "image.tar"]).splitlines()
    (built.folder / "image.tar").unlink()
    built.run(["docker", "rm", container])


def size(built: Installation, image: str) -> int:
    """Return the bytes of all layers of an image."""
    return int(built.run(["docker", "image", "inspect", "--format={{.Size}}", image]))


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_is_within_its_promised_size(built: Installation, name: str) -> None:
    """The documentation names these sizes."""
    base = BASE.search((built.folder / "Dockerfile.web").read_text(encoding="utf-8"))
    assert base
    above = size(built, built.image(name)) - size(built, base[1])
    print(f"\n{name}: {above / 1e6:.0f} MB above {base[1]}")
    assert 0 < above < LARGEST[name]


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_holds_only_the_packages_of_its_process(built: Installation, name: str) -> None:
    """The web image has no model, the worker image no TensorFlow."""
    script = (
        "import importlib.util as u, sys\n"
        "def there(name):\n"
        "    try: return u.find_spec(name) is not None\n"
        "    except ModuleNotFoundError: return False\n"
        "print(*filter(there, sys.argv[1:]))"
    )
    # A virtual environment without pip: the base's own is not on its path.
    command = ["docker", "run", "--rm", "--network=none", built.image(name), "python", "-c", script]
    found = built.run([*command, *MISSING[name], HERE[name]]).split()
    assert found == [HERE[name]]


@pytest.mark.parametrize("listing", IMAGES, indirect=True)
def test_an_image_holds_no_secret_dataset_cache_or_compiler(
    built: Installation, listing: list[str], psychexp_path: Path
) -> None:
    """The test reads every byte of every file."""
    assert [path for path in listing if path.endswith("app/emojify_core/settings.py")]
    assert not [path for path in listing if UNWANTED.search(path)]
    programs = {Path(path).name for path in listing if re.search(r"(^|/)s?bin/[^/]+$", path)}
    assert "python" in programs
    assert not programs & set(TOOLS)
    patterns = [*built.secrets().values(), *sentences(psychexp_path)]
    (built.folder / "patterns").write_text("\n".join(patterns), encoding="utf-8")
    search = "grep --text --count --fixed-strings --file=patterns image.tar || true"
    assert int(built.run(["sh", "-c", search])) == 0


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_has_labels_a_user_and_a_health_check(built: Installation, name: str) -> None:
    """It runs as an unprivileged user, without a shell in between."""
    (found,) = json.loads(built.run(["docker", "image", "inspect", built.image(name)]))
    config = found["Config"]
    labels = {key.removeprefix("org.opencontainers.image.") for key in config["Labels"] or {}}
    assert {"title", "description", "licenses", "version", "revision"} <= labels
    assert config["User"] == "10001:10001"
    assert config["Cmd"][:2] == ["python", "-m"]
    assert config["Healthcheck"]["Test"][0] == "CMD"
    history = built.run(["docker", "history", "--no-trunc", built.image(name)])
    told = [*config["Env"], history]
    assert not [s for s in built.secrets().values() if any(s in each for each in told)]


def sentences(psychexp_path: Path) -> list[str]:
    """Return texts of the training set that nobody writes by chance."""
    texts = load_psychexp(psychexp_path).texts
    return [text for text in texts if len(text) > 120 and "\n" not in text][:200]
