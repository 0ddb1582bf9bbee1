"""The real prediction worker with one task more, which does nothing: Celery's own floor."""

import sys
from typing import Any

from emojify_core.messages import PredictReply
from emojify_core.runtime.log_config import configure_logging
from emojify_core.settings import Settings
from worker.__main__ import ARGUMENTS
from worker.app import make_worker

NOOP = "bench.noop"


def main() -> None:
    """Run as `python -m worker` does."""
    settings = Settings.from_env()
    configure_logging(json=settings.json_logs)
    app = make_worker(settings)
    nothing = PredictReply((), single=False, model_version=0).to_payload()

    @app.task(name=NOOP)
    def noop(_payload: dict[str, Any]) -> dict[str, Any]:
        return nothing

    app.worker_main([*ARGUMENTS, *sys.argv[1:]])  # `--pool`, for one


if __name__ == "__main__":
    main()
