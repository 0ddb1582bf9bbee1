"""The worker process: Celery app, heartbeat, presence, kombu patches."""
