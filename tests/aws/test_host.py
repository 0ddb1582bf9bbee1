"""The host after its first start, set up by its user data."""

import json
import re

import pytest

from aws.cloud import STACK, Cloud
from aws.machine import Machine
from support.deadlines import eventually

FOLDER = "/opt/emojify/current"
SERVICES = ("web", "worker", "trainer", "flower", "redis", "postgres", "proxy")
ASK = """
cd /opt/emojify/current
address=$(sed -n "s/^EMOJIFY_SITE='\\(.*\\)'/\\1/p" .env)
key=$(sed -n "s/^EMOJIFY_API_KEYS='\\(.*\\)'/\\1/p" .env)
root=/srv/emojify/certificates/pki/authorities/local/root.crt
printf 'header = "X-API-Key: %s"\\n' "$key" | curl --config - --silent --show-error --max-time 30 \\
    --cacert $root --connect-to "$address:443:127.0.0.1:443" --header 'Prefer: wait=10' \\
    --json '{"text": "I passed the exam!"}' "https://$address/api/v1/predictions"
"""


def test_the_stack_answers_at_its_address_with_tls(machine: Machine) -> None:
    """From a bare machine to a prediction without a login."""
    answer = json.loads(machine.run(ASK))
    assert answer["state"] == "succeeded"
    assert answer["result"]["label"] == "joy"


def test_the_api_needs_a_key(machine: Machine) -> None:
    """A server on the internet is never open by mistake."""
    ask = ASK.replace("--config -", "--config /dev/null")
    assert json.loads(machine.run(ask))["status"] == 401


def test_every_image_was_pulled_by_its_digest(machine: Machine, pushed: str) -> None:
    """The pushed images run, including Redis, PostgreSQL and Caddy."""
    digests = set(re.findall(r"\S+@sha256:\w+", pushed.replace("=", " ")))
    running = {machine.inspect(service, "{{.Config.Image}}") for service in SERVICES}
    assert running < digests
    assert len(running) == len(SERVICES)


def test_only_root_can_read_the_secrets(machine: Machine, cloud: Cloud) -> None:
    """The host gets them from Parameter Store."""
    assert machine.run(f"stat -c '%U %a' {FOLDER}/.env").split() == ["root", "600"]
    settings = machine.run(f"cat {FOLDER}/.env")
    for name, value in cloud.secrets().items():
        assert f"{name.rpartition('/')[2]}='{value}'" in settings
    said = machine.run(f"setpriv --reuid=nobody cat $(readlink -f {FOLDER})/.env", fails=True)
    assert "Permission denied" in said


def test_no_secret_is_in_processes_journal_or_set_up_log(machine: Machine, cloud: Cloud) -> None:
    """Neither the installation's nor the registry's password."""
    machine.run(f"{FOLDER}/deploy/aws/host/check")
    told = machine.run("ps -eo args; journalctl --no-pager; cat /var/log/cloud-init-output.log")
    assert "dockerd" in told
    secrets = [*cloud.secrets().values(), "-auth-token"]
    assert not [secret for secret in secrets if secret in told]
    assert machine.run("ls -A /run/emojify-login /root/.docker 2>/dev/null || true") == ""


def test_permanent_data_is_on_the_data_volume(machine: Machine) -> None:
    """Models, corrections, batches, certificates, the training set."""
    assert machine.run("findmnt -no SOURCE,LABEL /srv/emojify").split()[1] == "emojify-data"
    for folder, file in {
        "postgres": "PG_VERSION",
        "store": "models",
        "redis": "appendonlydir",
        "certificates": "pki",
    }.items():
        machine.run(f"test -e /srv/emojify/{folder}/{file}")
    assert "/srv/emojify" in machine.run("systemctl show docker --property RequiresMountsFor")


def test_the_training_set_is_fetched_once(machine: Machine) -> None:
    """It is kept on the data volume; without a network the log says so."""
    logs = machine.run(f"cd {FOLDER} && docker compose logs --no-color data")
    fetched = machine.run("find /srv/emojify/data -name raw.pickle").strip()
    assert bool(fetched) != ("going on without PsychExp" in logs)
    machine.run("touch /srv/emojify/data/kept")
    machine.run(f"cd {FOLDER} && docker compose up --force-recreate --no-deps data")
    machine.run("test -e /srv/emojify/data/kept")


def test_systemd_starts_the_stack_and_security_updates(machine: Machine) -> None:
    """Also after a power failure."""
    states = machine.run("systemctl is-enabled emojify emojify-metrics.timer docker").split()
    assert states == ["enabled", "enabled", "enabled"] or set(states) <= {"enabled", "linked"}
    machine.run("systemctl is-active emojify emojify-metrics.timer")
    read = machine.run("apt-config dump APT::Periodic::Unattended-Upgrade")
    assert read.strip() == 'APT::Periodic::Unattended-Upgrade "1";'
    machine.run("unattended-upgrade --help")
    assert "200M" in machine.run("systemd-analyze cat-config systemd/journald.conf")


def test_the_logs_are_in_cloudwatch_and_on_the_host(machine: Machine, cloud: Cloud) -> None:
    """The group's retention applies there; the host keeps a bounded part."""
    group = cloud.resources()["Logs"]

    def streams() -> set[str]:
        found = cloud.aws("logs", "describe-log-streams", "--log-group-name", group)
        return {each["logStreamName"].split("-")[1] for each in found["logStreams"]}

    eventually(lambda: streams() >= set(SERVICES), within=60, what="every service has a log")
    driver = json.loads(machine.inspect("web", "{{json .HostConfig.LogConfig}}"))
    assert driver["Type"] == "awslogs"
    assert driver["Config"]["mode"] == "non-blocking"
    assert "predicted" in machine.run(f"cd {FOLDER} && docker compose logs --no-color worker")


def test_the_host_sends_the_metrics_of_the_alarms(machine: Machine, cloud: Cloud) -> None:
    """All is well: nothing unhealthy, nothing queued, free space on the disks."""
    # Stop the timer: its own run could overlap with this test.
    machine.run("systemctl stop emojify-metrics.timer emojify-metrics.service")
    machine.run("systemctl start emojify-metrics.service")
    figures = cloud.figures()
    assert set(figures) == {"DiskUsed", "QueueDepth", "Unhealthy"}
    assert (figures["Unhealthy"], figures["QueueDepth"]) == (0, 0)
    assert 0 < figures["DiskUsed"] < 100
    machine.run("docker pause emojify-web-1 && docker stop emojify-flower-1")
    try:
        machine.run("systemctl start emojify-metrics.service")
        assert cloud.figures()["Unhealthy"] == 2
    finally:
        machine.run("docker unpause emojify-web-1; docker start emojify-flower-1")
        machine.run("systemctl start emojify-metrics.timer")


@pytest.mark.parametrize("ended", [0, 1, 2])
def test_up_succeeds_when_the_host_is_set_up(machine: Machine, cloud: Cloud, ended: int) -> None:
    """It asks the host; cloud-init's status 2 means "done, with a warning"."""
    asked = cloud.sent_to_host()
    assert "cloud-init status --wait" in asked
    program = f"printf '#!/bin/sh\\nexit {ended}\\n' >/run/ended/cloud-init"
    machine.run(f"mkdir -p /run/ended && {program} && chmod +x /run/ended/cloud-init")
    machine.run(f"PATH=/run/ended:$PATH\n{asked}", fails=ended == 1)


def test_the_stack_restarts_after_an_update_of_docker(machine: Machine) -> None:
    """The package stops the engine and starts it again, unattended."""
    machine.run("systemctl stop docker.socket docker && systemctl start docker")
    ends = {"active\n", "failed\n"}
    state = "systemctl is-active emojify || true"
    eventually(lambda: machine.run(state) in ends, within=300, what="the stack is started again")
    assert machine.run(state) == "active\n"
    machine.run(f"{FOLDER}/deploy/aws/host/check")


def test_a_restart_applies_changed_settings(machine: Machine, cloud: Cloud) -> None:
    """It reads Parameter Store again, except for the port."""
    for name, value in {"EMOJIFY_WORKERS": "2", "EMOJIFY_PORT": "8000"}.items():
        path = f"/{STACK}/env/{name}"
        cloud.aws("ssm", "put-parameter", "--name", path, "--type", "String", "--value", value)
    machine.run("systemctl restart emojify")
    listed = machine.run(f"cd {FOLDER} && docker compose ps --quiet worker")
    assert len(listed.split()) == 2
    machine.run(f"{FOLDER}/deploy/aws/host/check")


def test_without_aws_it_starts_with_its_last_settings(machine: Machine) -> None:
    """A failure of Parameter Store does not stop the stack."""
    before = machine.run(f"cat {FOLDER}/.env")
    configure = f"AWS_ENDPOINT_URL=http://127.0.0.1:1 {FOLDER}/deploy/aws/host/configure"
    assert "settings of last time" in machine.run(configure)
    assert machine.run(f"cat {FOLDER}/.env") == before


def test_a_new_set_up_keeps_the_data_volume(machine: Machine, cloud: Cloud) -> None:
    """A new host finds the volume formatted and uses it."""
    machine.run("echo kept >/srv/emojify/kept")
    user_data = cloud.user_data()
    machine.run(f"cat >/run/again <<'USERDATA'\n{user_data}\nUSERDATA\nbash /run/again")
    assert machine.run("cat /srv/emojify/kept").strip() == "kept"
    assert json.loads(machine.run(ASK))["state"] == "succeeded"


@pytest.mark.parametrize("user", ["0", "10001"])
def test_no_container_has_the_host_s_credentials(machine: Machine, user: str) -> None:
    """Only the host's programs have them; the hop limit keeps containers from their address."""
    for service in ("web", "worker", "trainer"):
        told = machine.run(
            f"cd {FOLDER} && docker compose exec -T --user {user} {service} sh -c 'env; mount'"
        )
        assert "EMOJIFY" in told
        assert "AWS_" not in told
