"""Linters accept the files of the images and of Compose."""

import subprocess
import sys
from pathlib import Path

import pytest

from containers.installation import Installation
from support.processes import REPOSITORY

BIN = Path(sys.executable).parent
YAML_RULES = (
    "{extends: default, rules: {document-start: disable, line-length: {max: 120}, "
    "braces: {max-spaces-inside: 1}, comments: {min-spaces-from-content: 1}}}"
)


def lint(*command: str | Path) -> str:
    """Return a linter's findings."""
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr + (f"status {done.returncode}" if done.returncode else "")


@pytest.mark.parametrize("name", ["Dockerfile.web", "Dockerfile.worker"])
def test_the_dockerfiles_pass_hadolint(name: str) -> None:
    """No known mistake."""
    assert lint(BIN / "hadolint", name) == ""


def test_the_compose_file_passes_yamllint() -> None:
    """No duplicate key, no string that looks like a boolean."""
    assert lint(BIN / "yamllint", "--strict", "-d", YAML_RULES, "docker-compose.yml") == ""


def test_compose_accepts_its_file(built: Installation) -> None:
    """Every setting is known, and no variable is missing."""
    assert built.compose("--profile", "*", "config", "--quiet") == ""


def test_the_scripts_are_posix_shell() -> None:
    """They run in any shell."""
    scripts = [
        path
        for path in (REPOSITORY / "deploy" / "compose").iterdir()
        if path.read_bytes().startswith(b"#!/bin/sh")
    ]
    assert len(scripts) == 5
    for script in scripts:
        assert lint("sh", "-n", script) == ""
        assert script.suffix == ".sh" or script.stat().st_mode & 0o111, script.name
