"""The templates and scripts, as linters read them, and what no file of ours may hold."""

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
# Bytes of a script that EC2 takes as user data.
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


def test_the_templates_are_what_cloudformation_takes() -> None:
    """Every property is one of CloudFormation's own, with a value it knows."""
    assert len(TEMPLATES) == 2
    done = run(TOOLS / "cfn-lint", *TEMPLATES)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_the_templates_are_careful_but_for_what_they_explain(template: Path) -> None:
    """No known carelessness; each exception is one, and says why."""
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


def test_the_files_are_plain_yaml_and_a_plain_dockerfile() -> None:
    """By the rules of the compose file and of the other images."""
    yamls = [*TEMPLATES, FOLDER / "host/compose.yaml"]
    done = run(BIN / "yamllint", "--strict", "-d", YAML_RULES, *yamls)
    assert (done.returncode, done.stdout) == (0, "")
    done = run(BIN / "hadolint", FOLDER / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_shell_scripts_have_no_known_mistake() -> None:
    """Those of the deployment, of the host and of the compose stack."""
    names = {path.name for path in SCRIPTS}
    assert names >= {"push", "up", "release", "down", "lib.sh", "install", "start", "update"}
    done = run(TOOLS / "shellcheck", "--external-sources", *SCRIPTS)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_user_data_is_short_enough_and_has_no_known_mistake(tmp_path: Path) -> None:
    """It is in the template, with few of CloudFormation's variables in it and no other."""
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
    """Looked for in every file that git knows, by the shapes that AWS and keys have."""
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
