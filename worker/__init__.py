"""The Celery tasks and the process that holds the model."""
