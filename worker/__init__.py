"""The Celery workers: predictions and batches in one, training in the other."""
