"""What an attacker inside a container cannot do."""

import json
import re
from typing import Any

import pytest

from containers.installation import RUNNING, Installation

NOBODY = "65534"  # runs the checks inside; no service runs as this user
ONCE = ("own", "migrate", "data")

# Folders that must not be writable, besides the root itself.
CODE = ("/", "/usr/bin", "/etc")
OURS = ("/app", "/opt/emojify/bin")

LAN = {"redis": 6379, "postgres": 5432, "web": 5000, "flower": 5555}
# The allowed connections. Users of Redis share a network: web, flower and workers see each other.
SEEN = {
    "web": {"redis", "postgres", "flower"},
    "worker": {"redis", "postgres", "web", "flower"},
    "trainer": {"redis", "postgres", "web", "flower"},
    "flower": {"redis", "web"},
}

REACH = """
import socket, sys
for address in sys.argv[1:]:
    host, port = address.split(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        continue
    print(address)
"""


def inspected(stack: Installation, service: str) -> dict[str, Any]:
    """Return Docker's description of a service's container, even an ended one."""
    container = stack.compose("ps", "--all", "--quiet", service).split()[0]
    (found,) = json.loads(stack.run(["docker", "inspect", container]))
    return dict(found)


def processes(stack: Installation, service: str) -> list[dict[str, str]]:
    """Return the kernel's view of each process in a container, without the observers."""
    names = "Name|Uid|CapEff|NoNewPrivs|Seccomp"
    # A process, such as a health check, may end after it was listed.
    look = f"grep -sHE '^({names}):' /proc/[0-9]*/status || true"
    out = stack.inside(service, look, user=NOBODY)
    found: dict[str, dict[str, str]] = {}
    for line in out.splitlines():
        path, name, value = line.split(":", 2)
        found.setdefault(path, {})[name] = value.split()[0]
    return [each for each in found.values() if each["Uid"] != NOBODY]


@pytest.mark.parametrize("service", [*RUNNING, *ONCE])
def test_every_container_has_minimal_rights(stack: Installation, service: str) -> None:
    """Read-only, no capabilities, no new privileges, limited memory."""
    found = inspected(stack, service)
    host = found["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert 0 < host["Memory"] <= 2 << 30
    assert not host["Privileged"]
    assert host["LogConfig"]["Config"]["max-size"]
    assert not [each for each in found["Mounts"] if "docker.sock" in each["Source"]]
    if service == "postgres":
        assert "SYS_ADMIN" not in host["CapAdd"]  # `postgres` needs it only while it starts
    elif service == "own":
        # It ends at once and has no network.
        assert [each.removeprefix("CAP_") for each in host["CapAdd"]] == ["CHOWN"]
        assert host["NetworkMode"] == "none"
    else:
        assert not host["CapAdd"]
        assert found["Config"]["User"] == "10001:10001"


@pytest.mark.parametrize("service", RUNNING)
def test_no_process_is_root_or_can_become_root(stack: Installation, service: str) -> None:
    """As the kernel sees it, including Redis and PostgreSQL."""
    found = processes(stack, service)
    assert found
    for each in found:
        assert each["Uid"] != "0", each
        assert int(each["CapEff"], 16) == 0, each
        assert each["NoNewPrivs"] == "1", each
        assert each["Seccomp"] == "2", each


@pytest.mark.parametrize("service", RUNNING)
@pytest.mark.parametrize("user", ["", "0"], ids=["its user", "root"])
def test_no_container_can_write_its_root_file_system(
    stack: Installation, service: str, user: str
) -> None:
    """Not even root inside could add a program."""
    ours = OURS if service not in {"redis", "postgres"} else ()
    for folder in (*CODE, *ours):
        said = stack.inside(service, f"touch {folder}/foothold", user=user, fails=True)
        assert "Read-only file system" in said


@pytest.mark.parametrize("service", SEEN)
def test_a_container_reaches_only_the_services_that_it_needs(
    stack: Installation, service: str
) -> None:
    """By address, as an attacker would try, and by name."""
    addresses, networks = {}, {}
    for other, port in LAN.items():
        if other != service:
            for network, found in inspected(stack, other)["NetworkSettings"]["Networks"].items():
                address = f"{found['IPAddress']}:{port}"
                addresses[address], networks[address] = other, network
    reached = stack.compose("exec", "-T", service, "python", "-c", REACH, *addresses).split()
    assert {addresses[each] for each in reached} == SEEN[service]
    shared = inspected(stack, service)["NetworkSettings"]["Networks"]
    assert all(networks[each] in shared for each in reached)


@pytest.mark.parametrize("service", ["worker", "trainer", "redis", "postgres"])
def test_unpublished_services_cannot_reach_the_internet(stack: Installation, service: str) -> None:
    """Docker lets no packet out of their networks."""
    networks = inspected(stack, service)["NetworkSettings"]["Networks"]
    assert networks
    for network in networks:
        (found,) = json.loads(stack.run(["docker", "network", "inspect", network]))
        assert found["Internal"]


@pytest.mark.parametrize("service", ["web", "flower"])
def test_published_services_get_no_answer_from_the_internet(
    stack: Installation, service: str
) -> None:
    """Their network is routed, but Docker does not translate their packets."""
    networks = inspected(stack, service)["NetworkSettings"]["Networks"]
    found = [json.loads(stack.run(["docker", "network", "inspect", each]))[0] for each in networks]
    ways_out = [each for each in found if not each["Internal"]]
    assert len(ways_out) == 1
    masquerade = "com.docker.network.bridge.enable_ip_masquerade"
    assert ways_out[0]["Options"][masquerade] == "false"


def test_ports_are_published_on_loopback_only(stack: Installation) -> None:
    """Other machines cannot reach a new stack."""
    listed = stack.compose("ps", "--format", "{{.Service}} {{.Ports}}")
    published = re.findall(r"^(\S+) .*?(\S+):\d+->", listed, re.MULTILINE)
    assert sorted(published) == [("flower", "127.0.0.1"), ("web", "127.0.0.1")]
