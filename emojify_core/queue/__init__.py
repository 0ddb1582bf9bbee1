"""The Celery app and the client of the queue: ids, results, notifications."""
