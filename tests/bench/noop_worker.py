"""The prediction worker with one more task that does nothing: it shows Celery's own cost."""

import sys
from typing import Any

from emojify_core.messages import PredictReply
from emojify_core.runtime.log_config import configure_logging
from emojify_core.settings import Settings
from worker.__main__ import ARGUMENTS
from worker.app import make_worker

NOOP = "bench.noop"


def main() -> None:
    """Run like `python -m worker`."""
    settings = Settings.from_env()
    configure_logging(json=settings.json_logs)
    app = make_worker(settings)
    nothing = PredictReply((), single=False, model_version=0).to_payload()

    @app.task(name=NOOP)
    def noop(_payload: dict[str, Any]) -> dict[str, Any]:
        return nothing

    app.worker_main([*ARGUMENTS, *sys.argv[1:]])  # such as `--pool`


if __name__ == "__main__":
    main()
