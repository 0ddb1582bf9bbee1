"""The latency of Celery's pools, for docs/decisions/0001-solo-pool.md."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sections import NoopQueue, family, resident
from timing import latency, rate

from emojify_core.messages import PredictRequest, State
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.redis_client import connect
from emojify_core.settings import Settings
from support.homes import fresh_home
from support.installation import until_worker
from support.processes import Process
from support.stack import Stack

POOLS = ("solo", "prefork --concurrency=1", "prefork --concurrency=2", "threads --concurrency=2")


def main() -> None:
    """Measure each pool with a task that does nothing; print the table."""
    print("| pool | p50, ms | p99, ms | tasks/s, 16 clients | memory, MB |\n|---|--:|--:|--:|--:|")
    for pool in POOLS:
        with fresh_home() as home, Stack(home) as stack:
            worker = [sys.executable, str(Path(__file__).parent / "noop_worker.py")]
            arguments = ["--pool", *pool.split()]
            stack.parts["worker"] = Process([*worker, *arguments], stack.environ, home / "log")
            stack.start("redis", "worker")
            settings = Settings.from_env(stack.environ)
            until_worker(settings)
            client = connect(settings.resolved_redis_url)
            queue = NoopQueue(make_celery(settings), client, IdSigner("b"))
            nothing = PredictRequest(("x",), single=True, request_id="bench")

            def ask(queue: NoopQueue = queue, nothing: PredictRequest = nothing) -> None:
                assert queue.submit(nothing, wait=30).state is State.SUCCEEDED

            taken = latency(ask, 600)
            many = rate(lambda ask=ask: ask, 1600, 16)
            memory = sum(map(resident, family(stack.parts["worker"].pid)))
        print(f"| {pool} | {taken.p50:.2f} | {taken.p99:.2f} | {many:.0f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
