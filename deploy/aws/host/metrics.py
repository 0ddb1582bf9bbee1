"""Tell CloudWatch how full the disks are, how long the queue is, and what is not healthy."""

import os
import re
import shutil
import subprocess
import urllib.request

from botocore.session import Session  # Ubuntu's python3-botocore

DISKS = ("/", "/srv/emojify")
WEB = "http://127.0.0.1:5000/metrics"
SERVICES = {"web", "worker", "trainer", "redis", "postgres", "flower", "proxy"}

_WAITING = re.compile(r'^emojify_queue_messages\{queue="predict"\} (\S+)$', re.MULTILINE)
_LIST = (
    *("/usr/bin/docker", "ps", "--filter=label=com.docker.compose.project=emojify"),
    '--format={{.Label "com.docker.compose.service"}} {{.Status}}',
)


def main() -> None:
    """Count once, and send it."""
    depth = waiting()
    values = {"DiskUsed": disk_used(), "Unhealthy": unhealthy() + (depth is None)}
    if depth is not None:
        values["QueueDepth"] = depth
    dimensions = [{"Name": "Stack", "Value": os.environ["EMOJIFY_STACK"]}]
    cloudwatch = Session().create_client(
        "cloudwatch", endpoint_url=os.environ.get("AWS_ENDPOINT_URL")
    )
    cloudwatch.put_metric_data(
        Namespace="Emojify",
        MetricData=[
            {"MetricName": name, "Value": value, "Dimensions": dimensions}
            for name, value in values.items()
        ],
    )


def disk_used() -> float:
    """Return how full the fuller of the disks is, in percent of what may be used."""
    usages = [shutil.disk_usage(disk) for disk in DISKS]
    return max(100 * usage.used / (usage.used + usage.free) for usage in usages)


def unhealthy() -> float:
    """Return how many containers are not healthy, and services that have none."""
    listed = subprocess.run(_LIST, check=True, stdout=subprocess.PIPE, encoding="utf-8")  # noqa: S603
    running = [line.split(" ", 1) for line in listed.stdout.splitlines()]
    bad = sum("unhealthy" in status or "Restarting" in status for _, status in running)
    return bad + len(SERVICES - {service for service, _ in running})


def waiting() -> float | None:
    """Return how many predictions no worker has taken; None if the web does not tell."""
    try:
        with urllib.request.urlopen(WEB, timeout=10) as answer:
            found = _WAITING.search(answer.read().decode())
    except OSError:
        return None
    return float(found[1]) if found else None


if __name__ == "__main__":
    main()
