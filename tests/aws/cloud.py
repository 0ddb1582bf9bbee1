"""AWS on loopback (moto's server), and our scripts run against it with the real AWS CLI."""

import base64
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from support.deadlines import eventually
from support.processes import REPOSITORY, Process, clean_environ, free_port

TOOLS = REPOSITORY / ".venv/aws-tools/bin"
REGION = "eu-central-1"
ACCOUNT = "123456789012"  # moto's
STACK = "emojify"
WITHIN = 1200  # seconds for one script, including building and pushing images
# Records the command line, as `ps` would show it. With SAYS it answers for the host's agent; it
# fails if the command line contains FAILS.
WRAPPER = """#!/bin/sh
printf '%s\\n' "{name} $*" >>"{log}"
[ -z "$FAILS" ] || case "$*" in *"$FAILS"*) echo "No rights." >&2; exit 254 ;; esac
case "$*" in
*get-command-invocation*"--query Status"*) [ -z "$SAYS" ] || {{ echo "$SAYS"; exit; }} ;;
esac
exec "{real}" "$@"
"""

READ = (
    "import json, sys; from cfnlint.decode import cfn_yaml; "
    "print(json.dumps(cfn_yaml.load(sys.argv[1])))"
)

# boto3, because the newest CLI speaks JSON to CloudWatch and this moto does not.
FIGURES = """
import datetime, json, os, boto3
cloudwatch = boto3.client("cloudwatch", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
now = datetime.datetime.now(datetime.timezone.utc)
figures = {}
for metric in cloudwatch.list_metrics(Namespace="Emojify")["Metrics"]:
    points = cloudwatch.get_metric_statistics(
        **metric, Statistics=["Maximum"], Period=1,
        StartTime=now - datetime.timedelta(minutes=10), EndTime=now + datetime.timedelta(minutes=1),
    )["Datapoints"]
    newest = max(points, key=lambda point: point["Timestamp"])
    figures[metric["MetricName"]] = newest["Maximum"]
print(json.dumps(figures))
"""


def read_template(name: str) -> dict[str, Any]:
    """Return one of our templates as cfn-lint reads it, with CloudFormation's tags in long form."""
    command = [str(TOOLS / "python"), "-c", READ, str(REPOSITORY / "deploy/aws" / name)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@dataclass(frozen=True)
class Done:
    """The output of a script: standard output and standard error."""

    out: str
    told: str


class Cloud:
    """An empty account. `address` is one at which containers reach this machine."""

    def __init__(self, folder: Path, address: str, registry: str) -> None:
        port = free_port()
        self.url = f"http://{address}:{port}"
        self.typed = folder / "typed"
        self.typed.touch()
        command = [str(TOOLS / "moto_server"), "-H", address, "-p", str(port)]
        self._server = Process(command, clean_environ(), folder / "moto.log")
        self._bin = folder / "bin"
        self._bin.mkdir()
        for name, real in {"aws": TOOLS / "aws", "docker": shutil.which("docker")}.items():
            wrapper = self._bin / name
            wrapper.write_text(WRAPPER.format(name=name, log=self.typed, real=real))
            wrapper.chmod(0o755)
        nobody = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), "/dev/null")
        self.environ = {
            name: value for name, value in clean_environ().items() if not name.startswith("AWS_")
        } | {
            **nobody,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "EMOJIFY_REGISTRY": registry,
            "EMOJIFY_TRIES": "1",
            "PATH": f"{self._bin}:{os.environ['PATH']}",
        }

    def start(self) -> None:
        """Start moto's server and wait until it answers."""
        self._server.start()

        def answers() -> bool:
            try:
                return httpx.get(f"{self.url}/moto-api/", trust_env=False).is_success
            except httpx.TransportError:
                return False

        eventually(answers, within=60, what="moto's server answers")

    def end(self) -> None:
        """Stop it."""
        self._server.end()

    def aws(self, *arguments: str) -> Any:
        """Return the AWS CLI's JSON answer."""
        done = self._run([str(TOOLS / "aws"), *arguments, "--output", "json"], REPOSITORY, {}, "")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def script(
        self,
        name: str,
        *arguments: str,
        fails: bool = False,
        folder: Path = REPOSITORY,
        stdin: str = "",
        **variables: str,
    ) -> Done:
        """Run a script of deploy/aws as a user does; it must succeed, or else fail."""
        command = [str(folder / "deploy/aws" / name), *arguments]
        done = self._run(command, folder, variables, stdin)
        told = f"{name} ended {done.returncode}:\n{done.stdout}\n{done.stderr[-5000:]}"
        assert (done.returncode != 0) is fails, told
        return Done(done.stdout, done.stderr)

    def _run(
        self, command: list[str], folder: Path, variables: dict[str, str], stdin: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=folder,
            env=self.environ | variables,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )

    def resources(self, stack: str = STACK) -> dict[str, str]:
        """Return the ids of those resources of a stack that moto creates."""
        listed = self.aws("cloudformation", "list-stack-resources", "--stack-name", stack)
        summaries = listed["StackResourceSummaries"]
        return {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in summaries
            if each.get("PhysicalResourceId")
        }

    def parameters(self, path: str = f"/{STACK}") -> dict[str, str]:
        """Return the parameters below a path in Parameter Store, decrypted."""
        found = self.aws(
            *("ssm", "get-parameters-by-path", "--recursive", "--with-decryption", "--path", path)
        )
        return {each["Name"]: each["Value"] for each in found["Parameters"]}

    def secrets(self) -> dict[str, str]:
        """Return the installation's secrets."""
        return {name: value for name, value in self.parameters().items() if len(value) == 64}

    def user_data(self) -> str:
        """Return the script of the host's first start."""
        host = self.resources()["Host"]
        found = self.aws(
            *("ec2", "describe-instance-attribute", "--instance-id", host),
            *("--attribute", "userData"),
        )
        return base64.b64decode(found["UserData"]["Value"]).decode()

    def forget_routes(self, stack: str = STACK) -> None:
        """Delete a stack's route table: moto leaves it, and then refuses to delete the VPC."""
        table = self.resources(stack)["Routes"]
        found = self.aws("ec2", "describe-route-tables", "--route-table-ids", table)
        for each in found["RouteTables"][0]["Associations"]:
            association = each["RouteTableAssociationId"]
            self.aws("ec2", "disassociate-route-table", "--association-id", association)
        self.aws("ec2", "delete-route-table", "--route-table-id", table)

    def left_behind(self, volume: str) -> str:
        """Return a volume as AWS leaves it when its stack is deleted, in place of moto's.

        Moto's volume stays attached to a deleted machine and lacks the template's zone and tags.
        """
        (found,) = self.aws("ec2", "describe-volumes", "--volume-ids", volume)["Volumes"]
        for each in found["Attachments"]:
            machine = each["InstanceId"]
            self.aws("ec2", "detach-volume", "--volume-id", volume, "--instance-id", machine)
        self.aws("ec2", "delete-volume", "--volume-id", volume)
        zones = self.aws("ec2", "describe-availability-zones")["AvailabilityZones"]
        tags = f"ResourceType=volume,Tags=[{{Key=Name,Value={STACK}-data}}]"
        made = self.aws(
            *("ec2", "create-volume", "--size", "20", "--tag-specifications", tags),
            *("--availability-zone", zones[0]["ZoneName"]),
        )
        return str(made["VolumeId"])

    def forget_images(self) -> None:
        """Delete all images: moto ignores the repository's `EmptyOnDelete`."""
        for each in self.aws("ecr", "describe-repositories")["repositories"]:
            name = each["repositoryName"]
            for image in self.aws("ecr", "list-images", "--repository-name", name)["imageIds"]:
                given = f"imageDigest={image['imageDigest']}"
                self.aws(
                    *("ecr", "batch-delete-image", "--repository-name", name, "--image-ids", given)
                )

    def figures(self) -> dict[str, float]:
        """Return the newest value of each metric that the host has sent."""
        done = self._run([str(TOOLS / "python"), "-c", FIGURES], REPOSITORY, {}, "")
        assert done.returncode == 0, done.stderr
        figures: dict[str, float] = json.loads(done.stdout)
        return figures

    def sent_to_host(self) -> str:
        """Return the newest script sent through Systems Manager."""
        commands = self.aws("ssm", "list-commands")["Commands"]
        newest = max(commands, key=lambda each: each["RequestedDateTime"])
        assert newest["DocumentName"] == "AWS-RunShellScript"
        return "\n".join(newest["Parameters"]["commands"])
