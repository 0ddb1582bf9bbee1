"""Secrets are made at first use: once, readable by their owner, equal in all processes."""

import subprocess
import sys
from pathlib import Path

from emojify_core.settings import Settings

# Prints when it is ready, waits for a line, then prints the secret.
PROGRAM = """
import sys
from emojify_core.settings import Settings
settings = Settings.from_env({"EMOJIFY_HOME": sys.argv[1]})
print("ready", flush=True)
sys.stdin.readline()
print(settings.secret("id_key", None))
"""


def settings_in(home: Path) -> Settings:
    """Return the settings of an installation in this folder."""
    return Settings.from_env({"EMOJIFY_HOME": str(home)})


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    """Ids from before a restart are valid after it."""
    home = tmp_path / "not" / "yet" / "there"
    first = settings_in(home).secret("id_key", None)
    assert len(first) >= 43, "256 bits"
    assert settings_in(home).secret("id_key", None) == first
    assert [path.name for path in home.iterdir()] == ["id_key.secret"], "no temporary file remains"


def test_only_the_owner_can_read_a_secret(tmp_path: Path) -> None:
    """Other users of the machine cannot forge ids."""
    settings_in(tmp_path / "home").secret("id_key", None)
    assert (tmp_path / "home" / "id_key.secret").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_secrets_of_other_names_and_homes_differ(tmp_path: Path) -> None:
    """One secret does not reveal another."""
    homes = [settings_in(tmp_path / name) for name in "ab"]
    made = {home.secret(name, None) for home in homes for name in ("id_key", "flower_password")}
    assert len(made) == 4


def test_a_configured_secret_needs_no_file(tmp_path: Path) -> None:
    """A container gets the secret from its environment, and its disk may be read-only."""
    assert settings_in(tmp_path).secret("id_key", "given") == "given"
    assert list(tmp_path.iterdir()) == []


def test_concurrent_processes_agree_on_one_secret(tmp_path: Path) -> None:
    """Web and worker may start at the same time."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    secrets = {process.communicate(timeout=20)[0].strip() for process in processes}
    assert len(secrets) == 1
    assert secrets == {(tmp_path / "id_key.secret").read_text()}
    assert [process.returncode for process in processes] == [0] * 8
