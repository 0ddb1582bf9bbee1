"""`release`: start another release, or return to the previous one.

moto's Systems Manager accepts a command but runs nothing. The tests read the command there and run
it on the machine, as the agent would, and give the scripts its result.
"""

import re
from pathlib import Path

import pytest

from aws.cloud import STACK, Cloud
from aws.conftest import push
from aws.machine import Machine
from aws.registry import Registry
from support.deadlines import eventually

RUNS = "docker compose -f /opt/emojify/current/docker-compose.yml"
BROKEN = 'raise SystemExit("this release is broken")\n'
RELEASE = "docker exec emojify-web-1 python -c 'import web; print(web.RELEASE)'"


@pytest.fixture(scope="module")
def second(cloud: Cloud, registry: Registry, tree: Path, machine: Machine) -> tuple[str, str]:
    """Return the second release and the host's output."""
    with (tree / "web/__init__.py").open("a") as file:
        file.write('\nRELEASE = "the second"\n')
    with (tree / "deploy/compose/redis.conf").open("a") as file:
        file.write("# another line\n")
    pushed = push(cloud, registry, "second", tree)
    cloud.script("release", "--tag", "second")
    return pushed, machine.run(cloud.sent_to_host())


def test_a_release_runs_the_images_of_its_digests(
    machine: Machine, second: tuple[str, str]
) -> None:
    """Systems Manager hands it over, and a prediction checks it."""
    pushed, said = second
    assert said.strip().endswith("Release second runs.")
    assert machine.run(RELEASE).strip() == "the second"
    assert machine.inspect("web", "{{.Config.Image}}") in pushed
    assert machine.inspect("worker", "{{.Config.Image}}") in pushed
    conf = machine.run("docker exec emojify-redis-1 cat /etc/emojify/redis.conf")
    assert "# another line" in conf, "and with the files that belong to it"


def test_a_new_host_would_start_the_running_release(cloud: Cloud, second: tuple[str, str]) -> None:
    """`release` records it once the host reports success."""
    pushed, _ = second
    assert cloud.parameters()[f"/{STACK}/release"] == pushed.strip()


@pytest.mark.parametrize(
    ("tag", "file"), [("broken-web", "web/__main__.py"), ("broken-worker", "worker/__main__.py")]
)
def test_a_broken_release_is_rolled_back(  # noqa: PLR0913, PLR0917 - fixtures
    tag: str,
    file: str,
    cloud: Cloud,
    registry: Registry,
    tree: Path,
    machine: Machine,
    second: tuple[str, str],
) -> None:
    """Its process ends at once; the host reports the failure and runs the previous release."""
    pushed, _ = second
    path = tree / file
    whole = path.read_text()
    path.write_text(re.sub(r"(?m)^(import|from) ", BROKEN + r"\1 ", whole, count=1))
    broken = push(cloud, registry, tag, tree)
    path.write_text(whole)
    cloud.script("release", "--tag", tag, fails=True, SAYS="Failed")
    said = machine.run(cloud.sent_to_host(), fails=True)
    assert f"Release {tag} did not become healthy" in said
    assert said.strip().endswith("Release second runs again.")
    assert machine.run(RELEASE).strip() == "the second"
    assert machine.run("readlink -f /opt/emojify/current").strip().endswith("/second")
    for service in ("web", "worker", "trainer", "flower"):
        image = machine.inspect(service, "{{.Config.Image}}")
        assert image in pushed
    assert machine.inspect("web", "{{.Config.Image}}") not in broken
    machine.run("/opt/emojify/current/deploy/aws/host/check")
    unhealthy = "docker ps --all --filter health=unhealthy --filter health=starting --quiet"
    eventually(lambda: machine.run(unhealthy) == "", within=60, what="nothing of it is left")


def test_a_failed_release_is_reported_and_not_recorded(
    cloud: Cloud, second: tuple[str, str]
) -> None:
    """A new host would start the last running one."""
    pushed, _ = second
    told = cloud.script("release", "--tag", "broken-web", fails=True, SAYS="Failed").told
    assert "The script on the host ended as: Failed" in told
    assert "does not run" in told
    assert cloud.parameters()[f"/{STACK}/release"] == pushed.strip()


def test_an_invalid_release_changes_nothing(machine: Machine, second: tuple[str, str]) -> None:
    """Tags, which can move, and malformed names are refused."""
    assert second
    script = (
        "/opt/emojify/current/deploy/aws/host/release <<'END'\nEMOJIFY_WEB_IMAGE=a/b:latest\nEND"
    )
    said = machine.run(script, fails=True)
    assert "This is not a valid release." in said
    assert "Nothing was changed." in said
    assert machine.run(RELEASE).strip() == "the second"


def test_unused_images_are_deleted(cloud: Cloud, machine: Machine, second: tuple[str, str]) -> None:
    """The next successful release deletes them, so the disk does not fill."""
    pushed, _ = second
    kept = machine.run("ls /opt/emojify/releases").split()
    assert {"first", "second"} <= set(kept), "there was one to return to"
    cloud.script("release", "--tag", "second")
    machine.run(cloud.sent_to_host())
    assert machine.run("ls /opt/emojify/releases").split() == ["second"]
    images = machine.run("docker images --digests --format '{{.Repository}}@{{.Digest}}'").split()
    assert set(images) <= set(re.findall(r"\S+@sha256:\w+", pushed.replace("=", " ")))
