"""The worker process: heartbeat, presence, kombu patches."""
