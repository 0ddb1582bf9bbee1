"""The stack that `up` creates. The tests read parts that moto ignores from the template."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from aws.cloud import REPOSITORY, STACK, Cloud, read_template
from aws.conftest import FIRST
from support.interpreters import PACKAGES

OTHER = "other"  # a second stack
TEMPLATE = f"file://{REPOSITORY}/deploy/aws/host.yaml"
DOORS = {"SshFrom": "192.0.2.7/32", "KeyName": "k", "Open5000": "yes"}
SSH = ("--ssh-from", DOORS["SshFrom"], "--key", DOORS["KeyName"])


@pytest.fixture(scope="module")
def template() -> Mapping[str, Any]:
    """Return the properties of the template's resources, and the rest of it below ""."""
    found = read_template("host.yaml")["Resources"]
    return {name: each["Properties"] | {"": each} for name, each in found.items()}


def doors(cloud: Cloud, stack: str = STACK) -> set[tuple[int, str]]:
    """Return the open ports and their allowed sources."""
    group = cloud.resources(stack)["Doors"]
    found = cloud.aws("ec2", "describe-security-groups", "--group-ids", group)
    rules = found["SecurityGroups"][0]["IpPermissions"]
    assert all(rule["FromPort"] == rule["ToPort"] for rule in rules)
    return {
        (rule["FromPort"], source["CidrIp"])
        for rule in rules
        if rule["IpProtocol"] == "tcp"
        for source in rule["IpRanges"]
    }


def given(told: str) -> dict[str, str]:
    """Return the template's parameters that a dry run would set."""
    found = re.search(r"--parameter-overrides (.*)", told)
    assert found
    return dict(each.split("=") for each in found[1].split())


def test_a_new_host_opens_the_requested_ports(cloud: Cloud, pushed: str) -> None:
    """The article's port and SSH, each by an option."""
    assert pushed
    options = ("--tag", FIRST, "--image", "ami-12c6146b", *SSH, "--article", "--dry-run")
    assert given(cloud.script("up", *options).told) == DOORS | {"Image": "ami-12c6146b"}


def test_up_prints_the_address(cloud: Cloud, deployed: str) -> None:
    """Standard output holds nothing else."""
    (found,) = cloud.aws("ec2", "describe-addresses")["Addresses"]
    assert deployed == f"https://{found['PublicIp']}\n"


def test_only_http_and_https_are_open(cloud: Cloud, deployed: str) -> None:
    """Neither SSH nor the article's port 5000."""
    assert deployed
    assert doors(cloud) == {(443, "0.0.0.0/0"), (80, "0.0.0.0/0")}


def test_the_host_reaches_only_packages_and_aws(template: Mapping[str, Any]) -> None:
    """An attacker on the host cannot send mail or scan."""
    out = template["Doors"]["SecurityGroupEgress"]
    assert {(each["IpProtocol"], each["FromPort"], each["ToPort"]) for each in out} == {
        ("tcp", 443, 443),
        ("tcp", 80, 80),
    }


def test_options_open_the_article_s_port_and_ssh(cloud: Cloud, deployed: str) -> None:
    """SSH from one address only."""
    assert deployed
    assert given(cloud.script("up", "--article", "--dry-run").told) == {"Open5000": "yes"}
    assert len(doors(cloud)) == 2, "it was a dry run"
    parameters = [f"ParameterKey={key},ParameterValue={value}" for key, value in DOORS.items()]
    cloud.aws("ec2", "create-key-pair", "--key-name", "k")
    cloud.aws(
        *("cloudformation", "create-stack", "--stack-name", OTHER, "--template-body", TEMPLATE),
        *("--parameters", "ParameterKey=Image,ParameterValue=ami-12c6146b", *parameters),
    )
    try:
        assert doors(cloud, OTHER) == {
            *((443, "0.0.0.0/0"), (80, "0.0.0.0/0"), (5000, "0.0.0.0/0")),
            (22, "192.0.2.7/32"),
        }
        assert cloud.parameters(f"/{OTHER}")[f"/{OTHER}/env/EMOJIFY_BIND"] == "0.0.0.0"  # noqa: S104
    finally:
        cloud.forget_routes(OTHER)
        cloud.aws("cloudformation", "delete-stack", "--stack-name", OTHER)


def test_a_new_ssh_key_does_not_replace_the_host(
    cloud: Cloud, template: Mapping[str, Any], deployed: str
) -> None:
    """EC2 gives a key to new machines only, and two machines cannot share the data volume."""
    assert deployed
    told = cloud.script("up", *SSH, fails=True).told
    assert "A host gets its key when it is created" in told
    assert "deploy/aws/down" in told
    # Closing SSH does not replace the host either.
    assert template["Host"]["KeyName"]["Fn::If"][0] == "HasKey"


def test_a_container_cannot_get_the_host_s_credentials(
    template: Mapping[str, Any],
) -> None:
    """Only IMDSv2, with a hop limit of 1; moto does not enforce it."""
    assert template["Host"]["MetadataOptions"] == {
        "HttpEndpoint": "enabled",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 1,
    }
    assert "NetworkInterfaces" not in template["Host"], "no address but the one that stays"


def test_the_data_volume_is_encrypted_and_outlives_the_host(
    cloud: Cloud, template: Mapping[str, Any], deployed: str
) -> None:
    """Deleting the stack or replacing its volume deletes no data."""
    assert deployed
    volume = cloud.resources()["Data"]
    found = cloud.aws("ec2", "describe-volumes", "--volume-ids", volume)["Volumes"][0]
    assert found["Size"] == 20
    wanted = template["Data"]  # moto knows no more of it
    assert (wanted["Encrypted"], wanted["VolumeType"]) == (True, "gp3")
    (attached,) = found["Attachments"]
    assert attached["InstanceId"] == cloud.resources()["Host"]
    kept = template["Data"][""]
    assert (kept["DeletionPolicy"], kept["UpdateReplacePolicy"]) == ("Retain", "Retain")
    (root,) = template["Host"]["BlockDeviceMappings"]
    assert root["Ebs"]["Encrypted"]


def test_the_host_has_a_fixed_image_and_its_role(
    cloud: Cloud, template: Mapping[str, Any], deployed: str
) -> None:
    """An update of the stack never replaces the image, and so the host."""
    assert deployed
    host = cloud.resources()["Host"]
    (reservation,) = cloud.aws("ec2", "describe-instances", "--instance-ids", host)["Reservations"]
    (found,) = reservation["Instances"]
    assert found["ImageId"] == "ami-12c6146b"
    assert found["InstanceType"] == "t3.medium"
    assert found["IamInstanceProfile"]["Arn"].endswith(cloud.resources()["Profile"])
    assert "KeyName" not in found
    assert template["Host"]["ImageId"] == {"Ref": "Image"}
    association = template["AddressOfHost"]
    assert association["InstanceId"] == {"Ref": "Host"}


def test_each_alarm_watches_a_metric_of_the_host(template: Mapping[str, Any]) -> None:
    """Disk, queue and health, under the names that the host sends."""
    alarms = {
        each["MetricName"]: each
        for name, each in template.items()
        if each[""]["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert set(alarms) == {"DiskUsed", "QueueDepth", "Unhealthy", "StatusCheckFailed_System"}
    sent = (REPOSITORY / "deploy/aws/host/metrics.py").read_text(encoding="utf-8")
    for name in ("DiskUsed", "QueueDepth", "Unhealthy"):
        assert f'"{name}"' in sent
        assert alarms[name]["Namespace"] == "Emojify"
        assert alarms[name]["Dimensions"] == [{"Name": "Stack", "Value": {"Ref": "AWS::StackName"}}]
    assert alarms["Unhealthy"]["TreatMissingData"] == "breaching", "silence is an alarm"


def test_the_secrets_are_random_encrypted_and_on_no_command_line(
    cloud: Cloud, deployed: str
) -> None:
    """`up` creates them; the process list never shows one."""
    assert deployed
    secrets = cloud.secrets()
    assert {name.rpartition("/")[2] for name in secrets} == {
        *("REDIS_PASSWORD", "POSTGRES_PASSWORD", "EMOJIFY_SECRET_KEY", "EMOJIFY_ADMIN_TOKEN"),
        *("EMOJIFY_FLOWER_PASSWORD", "EMOJIFY_API_KEYS"),
    }
    assert len(set(secrets.values())) == len(secrets)
    found = cloud.aws("ssm", "describe-parameters")["Parameters"]
    types = {each["Name"]: each["Type"] for each in found}
    assert {types[name] for name in secrets} == {"SecureString"}
    typed = cloud.typed.read_text()
    assert "ssm put-parameter" in typed
    assert not [name for name, value in secrets.items() if value in typed + cloud.user_data()]


def test_a_second_up_changes_only_named_settings(cloud: Cloud, deployed: str, pushed: str) -> None:
    """A dry run, because moto loses a stack's resources when it executes a change set."""
    assert deployed
    before = cloud.parameters()
    site = ["--site", "emojify.example.org", "--email", "you@example.org"]
    told = cloud.script("up", *site, "--dry-run").told
    (would,) = re.findall(r"^Would .*", told, re.MULTILINE)
    assert would.endswith("--parameter-overrides Site=emojify.example.org Email=you@example.org")
    assert "Image=" not in would, "no other host"
    assert cloud.parameters() == before, "no other secrets"
    assert before[f"/{STACK}/release"] == pushed.strip()


def test_no_program_imports_an_aws_library() -> None:
    """The system runs anywhere; AWS is one deployment."""
    for package in PACKAGES:
        for path in (REPOSITORY / package).rglob("*.py"):
            if "aws" not in path.parts:
                assert not re.search(
                    r"^\s*(import|from) (boto|aio)", path.read_text(), re.MULTILINE
                )
