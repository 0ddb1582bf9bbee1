"""`push`: this commit's images in a real registry, by digest."""

import json
import re

from aws.cloud import STACK, Cloud, read_template
from aws.conftest import FIRST, IMAGES
from aws.registry import PASSWORD, Registry, docker

LINE = re.compile(r"^EMOJIFY_([A-Z]+)_IMAGE=(\S+)/(\S+)@(sha256:[0-9a-f]{64})$", re.MULTILINE)


def test_push_prints_the_digests_of_the_registry(pushed: str, registry: Registry) -> None:
    """The host will pull each image by that digest."""
    assert pushed.splitlines()[0] == f"EMOJIFY_RELEASE={FIRST}"
    found = LINE.findall(pushed)
    assert len(pushed.splitlines()) == 1 + len(found)
    assert [name.lower() for name, *_ in found] == IMAGES
    for name, address, repository, digest in found:
        assert (address, repository) == (registry.address + f"/{STACK}", name.lower())
        answer = registry.manifest(name.lower(), FIRST)
        assert answer.headers["docker-content-digest"] == digest


def test_an_image_can_be_pulled_by_its_digest(pushed: str, registry: Registry) -> None:
    """The registry's copy is complete."""
    address = f"{registry.address}/{STACK}/host"
    digests = {name: digest for name, _, _, digest in LINE.findall(pushed)}
    reference = f"{address}@{digests['HOST']}"
    docker("rmi", "--force", docker("image", "inspect", "--format={{.Id}}", reference))
    docker("login", "--username=AWS", f"--password={PASSWORD}", registry.address)
    try:
        docker("pull", reference)
    finally:
        docker("logout", registry.address)
    (found,) = json.loads(docker("image", "inspect", reference))
    assert found["Config"]["Labels"]["org.opencontainers.image.revision"] == FIRST
    docker("tag", reference, f"{address}:{FIRST}")


def test_a_second_push_builds_nothing(cloud: Cloud, pushed: str) -> None:
    """A tag always means the same images."""
    before = cloud.typed.read_text().count("docker push")
    done = cloud.script("push", "--tag", FIRST)
    assert done.out == pushed
    assert "in the registry already" in done.told
    assert cloud.typed.read_text().count("docker push") == before


def test_the_repositories_have_immutable_tags(cloud: Cloud, pushed: str) -> None:
    """One for each image; moto shows no other setting of the template."""
    assert pushed
    found = cloud.aws("ecr", "describe-repositories")["repositories"]
    assert {each["repositoryName"] for each in found} == {f"{STACK}/{name}" for name in IMAGES}
    assert {each["imageTagMutability"] for each in found} == {"IMMUTABLE"}
    template = read_template("registry.yaml")
    rules = json.loads(template["Mappings"]["Lifecycle"]["Keep"]["Policy"])["rules"]
    assert [rule["selection"]["countNumber"] for rule in rules] == [7, 30]
    wanted = [each["Properties"] for each in template["Resources"].values()]
    assert len(wanted) == len(found)
    for each in wanted:
        assert each["ImageScanningConfiguration"] == {"ScanOnPush": True}
        assert each["EncryptionConfiguration"] == {"EncryptionType": "KMS"}
        assert each["LifecyclePolicy"]["LifecyclePolicyText"] == {
            "Fn::FindInMap": ["Lifecycle", "Keep", "Policy"]
        }


def test_the_registry_password_is_stored_nowhere(cloud: Cloud, pushed: str) -> None:
    """Not on a command line, in an image's history or in a file."""
    assert pushed
    typed = cloud.typed.read_text()
    assert "get-login-password" in typed
    assert "--password-stdin" in typed
    assert PASSWORD not in typed
    for image in ("web", "predict", "train", "flower", "host"):
        name = f"{LINE.findall(pushed)[0][1]}/{image}:{FIRST}"
        history = docker("history", "--no-trunc", name) + docker("image", "inspect", name)
        assert PASSWORD not in history
        assert not re.search(r"AKIA|ASIA|aws_secret|AWS_(ACCESS|SECRET)", history, re.IGNORECASE)
