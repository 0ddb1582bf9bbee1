"""The EC2 instance: a container with systemd, cloud-init and its own Docker engine."""

import shutil
import subprocess
from pathlib import Path

from aws.cloud import REGION, Cloud
from aws.registry import Registry, docker
from support.deadlines import eventually

HERE = Path(__file__).parent / "machine"
IMAGE = "emojify-test-machine"
WITHIN = 900  # seconds from the start until the stack answers; images come from loopback
# systemd and a Docker engine need these. Some machines do not allow `--privileged`.
RIGHTS = (
    *("AUDIT_CONTROL", "AUDIT_WRITE", "DAC_READ_SEARCH", "IPC_LOCK", "LEASE", "NET_ADMIN"),
    *("SETFCAP", "SYSLOG", "SYS_ADMIN", "SYS_NICE", "SYS_PTRACE", "SYS_TTY_CONFIG"),
)
# These replace the instance's role: credentials, and AWS's address.
SYSTEMD = """[Manager]
DefaultEnvironment=AWS_ENDPOINT_URL={url} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
"""
# The engine derives CloudWatch's address from the region; this overrides it.
ENGINE = """[Service]
ExecStart=
ExecStart=/usr/sbin/dockerd -H fd:// --log-driver awslogs --log-opt awslogs-endpoint={url} \
--log-opt awslogs-region={region} --log-opt awslogs-group=none
"""


class Machine:
    """It shares the registry's network, so both know the registry by the same address."""

    def __init__(self, name: str, folder: Path, cloud: Cloud, registry: Registry) -> None:
        self.name = name
        context = folder / "context"
        shutil.copytree(HERE, context)
        form = '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}'
        shutil.copy(docker("info", f"--format={form}"), context / "docker-compose")
        docker("build", "--quiet", "--tag", IMAGE, str(context))
        volume = cloud.resources()["Data"]
        files = {
            "var/lib/cloud/seed/nocloud/user-data": cloud.user_data(),
            "var/lib/cloud/seed/nocloud/meta-data": f"instance-id: {cloud.resources()['Host']}\n",
            "etc/volume": f"VOLUME={volume.replace('-', '')}\n",
            "etc/systemd/system.conf.d/aws.conf": SYSTEMD.format(url=cloud.url),
            "etc/systemd/system/docker.service.d/logs.conf": ENGINE.format(
                url=cloud.url, region=REGION
            ),
        }
        for path, content in files.items():
            file = folder / "root" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        unconfined = ("seccomp", "apparmor", "systempaths")
        docker(
            *("create", "--name", name, "--network", f"container:{registry.name}"),
            *(f"--cap-add={right}" for right in RIGHTS),
            *(f"--security-opt={each}=unconfined" for each in unconfined),
            *("--device-cgroup-rule", "a *:* rwm", "--device", "/dev/loop-control"),
            *("--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"),
            *("--volume", "/var/lib/docker", "--volume", "/disk"),
            *("--tmpfs", "/run:exec", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec"),  # noqa: S108 (the machine's own)
            IMAGE,
        )
        docker("cp", f"{folder}/root/.", f"{name}:/")

    def boot(self) -> None:
        """Start it; its user data does the rest."""
        docker("start", self.name)

    def until_set_up(self) -> None:
        """Wait until cloud-init has run the user data successfully."""

        def status() -> str:
            # `run` needs systemd, which is still starting.
            ask = "timeout 60 cloud-init status --wait 2>&1 || true"
            said = docker("exec", self.name, "sh", "-c", ask)
            return said if "done" in said or "error" in said else ""

        said = eventually(status, within=WITHIN, what="cloud-init has run the user data")
        assert "status: done" in said, self.run("cat /var/log/cloud-init-output.log")

    def run(self, script: str, *, fails: bool = False) -> str:
        """Run a script as a systemd service does, like the agent of Systems Manager."""
        agent = ["systemd-run", "--quiet", "--pipe", "--wait", "sh"]
        command = ["docker", "exec", "--interactive", self.name, *agent]
        done = subprocess.run(
            command,
            input=script,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=WITHIN,
            check=False,
        )
        assert (done.returncode != 0) is fails, f"ended {done.returncode}:\n{done.stdout[-5000:]}"
        return done.stdout

    def inspect(self, service: str, form: str) -> str:
        """Return the engine's description of a service's first container."""
        find = f"docker ps --quiet --filter label=com.docker.compose.service={service} | head -n 1"
        return self.run(f"docker inspect --format '{form}' $({find})").strip()

    def remove(self) -> None:
        """Remove it, and release the loop device of its disk."""
        device = "losetup --noheadings --output NAME --associated /disk/image"
        command = ["docker", "exec", self.name, "sh", "-c", f"losetup --detach $({device})"]
        subprocess.run(command, capture_output=True, check=False)
        docker("rm", "--force", "--volumes", self.name)
