"""The output of the four scripts: help, dry runs, and the next step after a failure."""

import json
from pathlib import Path

import pytest

from aws.cloud import STACK, TOOLS, Cloud

SCRIPTS = ("push", "up", "release", "down")
# AWS after a failed creation of a stack: its host is gone, its volume remains.
ROLLED_BACK = {
    "describe-stacks": {
        "Stacks": [{"StackName": STACK, "StackStatus": "ROLLBACK_COMPLETE", "Parameters": []}]
    },
    "list-stack-resources": {
        "StackResourceSummaries": [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": resource,
                "ResourceStatus": f"DELETE_{end}",
            }
            for name, resource, end in (
                ("Host", "i-1", "COMPLETE"),
                ("Data", "vol-1", "SKIPPED"),
            )
        ]
    },
}
ANSWERS = """#!{python}
import json, sys, jmespath
found = json.loads({answers!r}).get(sys.argv[2], {{}})
if sys.argv[2] == "stop-instances":
    sys.exit("IncorrectInstanceState")
if "--query" in sys.argv:
    found = jmespath.search(sys.argv[sys.argv.index("--query") + 1], found)
    print(found if isinstance(found, str) else "\\t".join(found or []))
"""


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_describes_a_script_and_its_call(cloud: Cloud, name: str) -> None:
    """Without AWS and Docker."""
    said = cloud.script(name, "--help", AWS_ENDPOINT_URL="http://127.0.0.1:1").out
    for word in (f"deploy/aws/{name}", "Example:", "--dry-run", "--region", "--profile"):
        assert word in said
    assert "set -eu" not in said


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_unknown_option_is_refused(cloud: Cloud, name: str) -> None:
    """A mistyped option runs nothing."""
    told = cloud.script(name, "--dryrun", fails=True).told
    assert "There is no option --dryrun." in told
    assert "--help" in told


@pytest.mark.parametrize("name", SCRIPTS)
def test_missing_credentials_are_reported_with_the_next_step(cloud: Cloud, name: str) -> None:
    """A new user meets this failure first."""
    tag = ["--tag", "any"] if name == "push" else []
    told = cloud.script(name, *tag, "--profile", "missing", fails=True, AWS_ACCESS_KEY_ID="").told
    assert "aws configure" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("name", ["push", "up", "down"])
def test_a_failed_lookup_of_the_stack_changes_nothing(cloud: Cloud, name: str) -> None:
    """The script does not take the failure for a missing stack and create a new one."""
    tag = ["--tag", "any"] if name != "down" else ["--delete-data", "--yes"]
    before = len(cloud.typed.read_text().splitlines())
    told = cloud.script(name, *tag, fails=True, FAILS="describe-stacks").told
    assert "could not be listed" in told
    assert "Try again" in told
    typed = cloud.typed.read_text().splitlines()[before:]
    assert "describe-stacks" in typed[-1], "nothing came after it"


def test_a_stack_whose_creation_failed_can_be_removed(cloud: Cloud, tmp_path: Path) -> None:
    """Its machine is gone and need not be stopped."""
    program = tmp_path / "aws"
    program.write_text(ANSWERS.format(python=TOOLS / "python", answers=json.dumps(ROLLED_BACK)))
    program.chmod(0o755)
    path = f"{tmp_path}:{cloud.environ['PATH']}"
    assert "deploy/aws/down" in cloud.script("up", "--tag", "any", fails=True, PATH=path).told
    told = cloud.script("down", "--yes", PATH=path).told
    assert "Deleting the stack" in told
    assert "The data volume vol-1 stays" in told


def test_a_release_is_named_after_its_commit(cloud: Cloud, tree: Path) -> None:
    """Or after the given name."""
    told = cloud.script("push", fails=True, folder=tree).told
    assert "not a git repository" in told
    assert "--tag NAME" in told


def test_a_dry_run_of_push_changes_nothing(cloud: Cloud) -> None:
    """It prints each command."""
    done = cloud.script("push", "--tag", "dry", "--dry-run")
    assert done.out == ""
    assert "Would run: aws cloudformation deploy" in done.told
    assert "Would run: docker" in done.told
    stacks = cloud.aws("cloudformation", "describe-stacks")["Stacks"]
    assert stacks == []
    assert cloud.aws("ecr", "describe-repositories")["repositories"] == []


@pytest.mark.parametrize(("here", "pulled"), [("arm64", True), ("", True), ("amd64", False)])
def test_images_of_another_architecture_are_not_pushed(
    cloud: Cloud, tmp_path: Path, here: str, *, pulled: bool
) -> None:
    """The host is an x86 machine; elsewhere `make up` may have pulled another Redis image."""
    program = tmp_path / "docker"
    program.write_text(f'#!/bin/sh\n[ "$1" != image ] || echo {here}\n')
    program.chmod(0o755)
    path = f"{tmp_path}:{cloud.environ['PATH']}"
    told = cloud.script("push", "--tag", "dry", "--dry-run", PATH=path).told
    for source in ("redis:7-bookworm", "postgres:15-bookworm", "caddy:2"):
        assert (f"Would run: docker pull --quiet {source}" in told) is pulled


def test_up_and_release_need_images(cloud: Cloud) -> None:
    """They name the command that comes first."""
    for name in ("up", "release"):
        told = cloud.script(name, "--tag", "nowhere", fails=True).told
        assert "Push them first: deploy/aws/push" in told
    assert cloud.parameters() == {}
