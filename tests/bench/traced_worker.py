"""The worker process with time stamps at the steps of a prediction."""

from celery.backends.base import Backend
from celery.signals import task_received
from stamps import around, stamp

from worker.__main__ import main
from worker.models.live_model import LiveModel

task_received.connect(lambda **_: stamp("worker has received"), weak=False)
around(LiveModel, "answer", "worker begins", "worker has predicted")
around(Backend, "store_result", None, "worker has stored and announced")

if __name__ == "__main__":
    main()
