"""A real registry on loopback in ECR's place: it requires ECR's password."""

import json
import subprocess
import tempfile
from pathlib import Path

import httpx

from aws.cloud import ACCOUNT, STACK, Cloud
from support.deadlines import eventually
from support.processes import free_port

PASSWORD = f"{ACCOUNT}-auth-token"  # the password of moto's ECR
HASHED = "AWS:$2b$05$abcdefghijklmnopqrstuu/4ofrUS75HrKu6f.iuRo0I/XlrmpqlC"  # its bcrypt hash
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def docker(*arguments: str) -> str:
    """Run `docker`; return its output."""
    command = ["docker", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{arguments}:\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


class Registry:
    """It has the same address on this machine and in containers that join its network."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, port = name, free_port()
        self.address = f"127.0.0.1:{port}"
        self._http = httpx.Client(
            base_url=f"http://{self.address}/v2", auth=("AWS", PASSWORD), trust_env=False
        )
        (folder / "htpasswd").write_text(HASHED + "\n")
        settings = {
            "REGISTRY_HTTP_ADDR": f":{port}",
            "REGISTRY_AUTH": "htpasswd",
            "REGISTRY_AUTH_HTPASSWD_REALM": "ECR",
            "REGISTRY_AUTH_HTPASSWD_PATH": "/auth/htpasswd",
        }
        docker(
            *("run", "--detach", "--name", name, "--publish", f"{self.address}:{port}"),
            *(f"--env={key}={value}" for key, value in settings.items()),
            *("--volume", f"{folder}:/auth:ro", "registry:2"),
        )
        self.gateway = docker("inspect", "--format={{.NetworkSettings.Gateway}}", name)

    def wait(self) -> None:
        """Wait until it answers, and only with a password."""

        def answers() -> bool:
            try:
                return self._http.get("/").is_success
            except httpx.TransportError:
                return False

        eventually(answers, within=30, what="the registry answers")
        assert httpx.get(f"http://{self.address}/v2/", trust_env=False).status_code == 401

    def manifest(self, image: str, reference: str) -> httpx.Response:
        """Return the registry's manifest of a tag or digest."""
        path = f"/{STACK}/{image}/manifests/{reference}"
        return self._http.get(path, headers={"Accept": MANIFEST})

    def tell_ecr(self, cloud: Cloud, tag: str, images: list[str]) -> None:
        """Register the pushed images with moto's ECR, which is no registry itself."""
        for image in images:
            found = self.manifest(image, tag).raise_for_status()
            assert json.loads(found.text)["mediaType"] == MANIFEST
            with tempfile.NamedTemporaryFile("w") as file:
                file.write(found.text)
                file.flush()
                cloud.aws(
                    *("ecr", "put-image", "--repository-name", f"{STACK}/{image}"),
                    *("--image-tag", tag, "--image-manifest", f"file://{file.name}"),
                    *("--image-digest", found.headers["docker-content-digest"]),
                )

    def remove(self) -> None:
        """Remove it with all its images."""
        self._http.close()
        docker("rm", "--force", "--volumes", self.name)
        form = "--format={{.Repository}}:{{.Tag}}"
        tags = docker("images", form, f"--filter=reference={self.address}/*/*:*").split()
        if tags:  # other tags stay, and so do the layers for the next build
            docker("rmi", *tags)
