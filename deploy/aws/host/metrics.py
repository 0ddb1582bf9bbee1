"""Send metrics to CloudWatch: disk usage, queue length, and unhealthy containers."""

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
    """Measure once, and send the metrics."""
    depth = queue_depth()
    values = {"DiskUsed": disk_used(), "Unhealthy": count_unhealthy() + (depth is None)}
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
    """Return the usage of the fuller disk, in percent of its usable space."""
    usages = [shutil.disk_usage(disk) for disk in DISKS]
    return max(100 * usage.used / (usage.used + usage.free) for usage in usages)


def count_unhealthy() -> float:
    """Return the number of unhealthy containers plus that of services without a container."""
    listed = subprocess.run(_LIST, check=True, stdout=subprocess.PIPE, encoding="utf-8")  # noqa: S603
    running = [line.split(" ", 1) for line in listed.stdout.splitlines()]
    bad = sum("unhealthy" in status or "Restarting" in status for _, status in running)
    return bad + len(SERVICES - {service for service, _ in running})


def queue_depth() -> float | None:
    """Return the number of queued predictions; None if the web does not answer."""
    try:
        with urllib.request.urlopen(WEB, timeout=10) as answer:
            found = _WAITING.search(answer.read().decode())
    except OSError:
        return None
    return float(found[1]) if found else None


if __name__ == "__main__":
    main()
