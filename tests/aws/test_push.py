"""`push`: this commit's images, in a real registry, by digest."""

import json
import re

from aws.cloud import STACK, Cloud, read_template
from aws.conftest import FIRST, IMAGES
from aws.registry import PASSWORD, Registry, docker

LINE = re.compile(r"^EMOJIFY_([A-Z]+)_IMAGE=(\S+)/(\S+)@(sha256:[0-9a-f]{64})$", re.MULTILINE)


def test_what_push_prints_is_what_the_registry_has(pushed: str, registry: Registry) -> None:
    """Each image by the digest of its manifest, where the host will look for it."""
    assert pushed.splitlines()[0] == f"EMOJIFY_RELEASE={FIRST}"
    found = LINE.findall(pushed)
    assert len(pushed.splitlines()) == 1 + len(found)
    assert [name.lower() for name, *_ in found] == IMAGES
    for name, address, repository, digest in found:
        assert (address, repository) == (registry.address + f"/{STACK}", name.lower())
        answer = registry.manifest(name.lower(), FIRST)
        assert answer.headers["docker-content-digest"] == digest


def test_an_image_is_pulled_back_by_its_digest(pushed: str, registry: Registry) -> None:
    """The registry's copy alone is enough."""
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


def test_pushed_again_the_same_is_printed_and_nothing_built(cloud: Cloud, pushed: str) -> None:
    """A tag means one thing for ever."""
    before = cloud.typed.read_text().count("docker push")
    done = cloud.script("push", "--tag", FIRST)
    assert done.out == pushed
    assert "in the registry already" in done.told
    assert cloud.typed.read_text().count("docker push") == before


def test_the_repositories_keep_tags_scan_and_forget(cloud: Cloud, pushed: str) -> None:
    """One for each image. Of what the template says, moto shows that tags stay."""
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


def test_the_password_of_the_registry_is_nowhere(cloud: Cloud, pushed: str) -> None:
    """Not on a command line, not in an image's history, and not left in a file."""
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
