"""The Celery app, the client of the queue, prediction ids and notifications."""
