"""The rights of the host's role, which whoever takes the host over would have."""

import ast
from collections.abc import Mapping
from typing import Any

import pytest

from aws.cloud import ACCOUNT, REGION, STACK, Cloud
from aws.policy import allows

HERE = f"{REGION}:{ACCOUNT}"
ENV = f"arn:aws:ssm:{HERE}:parameter/{STACK}/env"
OTHERS = f"arn:aws:ssm:{HERE}:parameter"
IMAGES = f"arn:aws:ecr:{HERE}:repository"
LOGS = f"arn:aws:logs:{HERE}:log-group"

MUST = [
    ("ssm:GetParametersByPath", ENV),
    ("ssm:GetParametersByPath", f"{ENV}/REDIS_PASSWORD"),
    ("ssm:GetParameter", f"{OTHERS}/{STACK}/release"),
    ("ssm:UpdateInstanceInformation", "*"),
    ("ssmmessages:OpenDataChannel", "*"),
    ("ec2messages:GetMessages", "*"),
    ("ecr:GetAuthorizationToken", "*"),
    ("ecr:BatchGetImage", f"{IMAGES}/{STACK}/web"),
    ("ecr:GetDownloadUrlForLayer", f"{IMAGES}/{STACK}/host"),
]
MUST_NOT = [
    ("ssm:GetParameter", f"{OTHERS}/somebody/elses"),
    ("ssm:GetParametersByPath", f"{OTHERS}/"),
    ("ssm:GetParametersByPath", f"{OTHERS}/{STACK}-2/env"),
    ("ssm:GetParameters", f"{ENV}/REDIS_PASSWORD"),
    ("ssm:PutParameter", f"{ENV}/REDIS_PASSWORD"),
    ("ssm:DeleteParameter", f"{OTHERS}/{STACK}/release"),
    ("ssm:SendCommand", "*"),
    ("ssm:StartSession", "*"),
    ("ecr:PutImage", f"{IMAGES}/{STACK}/web"),
    ("ecr:InitiateLayerUpload", f"{IMAGES}/{STACK}/web"),
    ("ecr:BatchDeleteImage", f"{IMAGES}/{STACK}/web"),
    ("ecr:BatchGetImage", f"{IMAGES}/{STACK}-2/web"),
    ("ecr:BatchGetImage", f"{IMAGES}/others"),
    ("logs:PutLogEvents", f"{LOGS}:others:log-stream:one"),
    ("logs:DeleteLogGroup", f"{LOGS}:{STACK}"),
    ("logs:GetLogEvents", f"{LOGS}:{STACK}:log-stream:one"),
    ("ec2:RunInstances", "*"),
    ("ec2:DetachVolume", "*"),
    ("ec2:DeleteVolume", "*"),
    ("ec2:ModifyInstanceMetadataOptions", "*"),
    ("iam:PassRole", "*"),
    ("iam:CreateUser", "*"),
    ("sts:AssumeRole", "*"),
    ("kms:Decrypt", "*"),
    ("s3:GetObject", "arn:aws:s3:::bucket/key"),
    ("s3:ListAllMyBuckets", "*"),
    ("cloudformation:UpdateStack", "*"),
    ("cloudwatch:DeleteAlarms", "*"),
    ("secretsmanager:GetSecretValue", "*"),
    ("*", "*"),
]


@pytest.fixture(scope="module")
def role(cloud: Cloud, deployed: str) -> str:
    """Return the name of the stack's role."""
    assert deployed
    return cloud.resources()["Role"]


@pytest.fixture(scope="module")
def policy(cloud: Cloud, role: str) -> Mapping[str, Any]:
    """Return the role's one policy, with this stack's names filled in."""
    names = cloud.aws("iam", "list-role-policies", "--role-name", role)["PolicyNames"]
    attached = cloud.aws("iam", "list-attached-role-policies", "--role-name", role)
    assert (names, attached["AttachedPolicies"]) == (["host"], [])
    found = cloud.aws("iam", "get-role-policy", "--role-name", role, "--policy-name", "host")
    # moto stores it as Python prints it.
    document: Mapping[str, Any] = ast.literal_eval(found["PolicyDocument"])
    return document


def test_only_ec2_can_assume_the_role(cloud: Cloud, role: str) -> None:
    """No other service and no user."""
    found = cloud.aws("iam", "get-role", "--role-name", role)["Role"]
    (statement,) = found["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert statement["Action"] == "sts:AssumeRole"


@pytest.mark.parametrize(("action", "resource"), MUST)
def test_the_host_may_do_what_it_needs(
    policy: Mapping[str, Any], action: str, resource: str
) -> None:
    """It receives commands, reads its settings and pulls its images."""
    assert allows(policy, action, resource)


@pytest.mark.parametrize(("action", "resource"), MUST_NOT)
def test_the_host_may_do_nothing_else(
    policy: Mapping[str, Any], action: str, resource: str
) -> None:
    """It reads nothing of other stacks and changes nothing, not even its own resources."""
    assert not allows(policy, action, resource)


def test_the_host_writes_only_its_own_logs_and_metrics(
    policy: Mapping[str, Any], cloud: Cloud
) -> None:
    """It can neither silence nor trigger an alarm of others."""
    group = cloud.resources()["Logs"]
    assert allows(policy, "logs:PutLogEvents", f"{LOGS}:{group}:log-stream:web")
    assert allows(policy, "logs:CreateLogStream", f"{LOGS}:{group}:log-stream:web")
    namespace = "cloudwatch:namespace"
    assert allows(policy, "cloudwatch:PutMetricData", context={namespace: "Emojify"})
    assert not allows(policy, "cloudwatch:PutMetricData", context={namespace: "AWS/EC2"})
    assert not allows(policy, "cloudwatch:PutMetricData")


def test_the_policy_reader_handles_wildcards_and_denials() -> None:
    """It refuses to read a policy that it does not fully understand."""
    allow = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*"}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::a/secret"}
    policy = {"Statement": [allow, deny]}
    assert allows(policy, "S3:getobject", "arn:aws:s3:::a/b")
    assert not allows(policy, "s3:GetObject", "arn:aws:s3:::a/secret")
    assert not allows(policy, "s3:PutObject", "arn:aws:s3:::a/b")
    strange = allow | {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.1"}}}
    with pytest.raises(AssertionError, match="not known here"):
        allows({"Statement": [strange]}, "s3:GetObject", "arn:aws:s3:::a/b")
