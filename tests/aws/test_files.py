"""Linters accept the templates and scripts, and no file holds a credential."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from aws.cloud import REPOSITORY, TOOLS
from containers.test_files import BIN, YAML_RULES

FOLDER = REPOSITORY / "deploy/aws"
TEMPLATES = sorted(FOLDER.glob("*.yaml"))
SCRIPTS = sorted(
    path
    for path in FOLDER.parent.rglob("*")
    if path.is_file() and re.match(rb"#!.*\b(ba)?sh\b|# shellcheck shell", path.read_bytes())
)
# EC2's limit for user data, in bytes.
LONGEST_USER_DATA = 16 * 1024
CREDENTIAL = re.compile(
    r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|aws_secret_access_key\s*[=:]\s*['\"]?[A-Za-z0-9/+]{40}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----",
    re.IGNORECASE,
)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a linter in the repository."""
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_the_templates_pass_cfn_lint() -> None:
    """CloudFormation knows every property and value."""
    assert len(TEMPLATES) == 2
    done = run(TOOLS / "cfn-lint", *TEMPLATES)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_the_templates_pass_checkov_with_explained_exceptions(template: Path) -> None:
    """Every exception gives its reason."""
    command = [TOOLS / "checkov", "--skip-download", "--framework", "cloudformation"]
    done = run(*command, "--output", "json", "--file", template)
    results = json.loads(done.stdout)["results"]
    assert results["parsing_errors"] == []
    assert [each["check_id"] for each in results["failed_checks"]] == []
    assert len(results["passed_checks"]) > 10
    excused = re.findall(r'id: (CKV\w+), comment: "(.{20,})"', template.read_text(encoding="utf-8"))
    skipped = {each["check_id"] for each in results["skipped_checks"]}
    assert {check for check, _ in excused} == skipped
    assert done.returncode == 0


def test_the_files_pass_yamllint_and_hadolint() -> None:
    """With the rules of the compose file and the other images."""
    yamls = [*TEMPLATES, FOLDER / "host/compose.yaml"]
    done = run(BIN / "yamllint", "--strict", "-d", YAML_RULES, *yamls)
    assert (done.returncode, done.stdout) == (0, "")
    done = run(BIN / "hadolint", FOLDER / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_shell_scripts_pass_shellcheck() -> None:
    """Those of the deployment, of the host and of the compose stack."""
    names = {path.name for path in SCRIPTS}
    assert names >= {"push", "up", "release", "down", "lib.sh", "install", "start", "update"}
    done = run(TOOLS / "shellcheck", "--external-sources", *SCRIPTS)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_user_data_is_short_and_passes_shellcheck(tmp_path: Path) -> None:
    """The template holds it, with only a few of CloudFormation's variables."""
    text = (FOLDER / "host.yaml").read_text(encoding="utf-8")
    found = re.search(r"Fn::Base64: !Sub\n +- \|\n(.*?)\n {10}- Volume:", text, re.DOTALL)
    assert found
    script = re.sub(r"^ {12}", "", found[1], flags=re.MULTILINE)
    variables = set(re.findall(r"\$\{(.*?)\}", script))
    assert variables == {"Volume", "Logs", "AWS::Region", "AWS::StackName"}
    path = tmp_path / "user-data"
    path.write_text(re.sub(r"\$\{.*?\}", "something", script), encoding="utf-8")
    assert len(script) < LONGEST_USER_DATA
    done = run(TOOLS / "shellcheck", path)
    assert (done.returncode, done.stdout) == (0, "")


def test_no_file_of_the_repository_holds_a_credential() -> None:
    """The test searches all files in git for the shapes of AWS keys and private keys."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = [REPOSITORY / name for name in listed.stdout.split("\0") if name]
    assert REPOSITORY / "deploy/aws/host.yaml" in paths
    found = [
        path.name
        for path in paths
        if path.is_file() and CREDENTIAL.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
    assert CREDENTIAL.search("AKIA" + "A" * 16), "it would be seen"
