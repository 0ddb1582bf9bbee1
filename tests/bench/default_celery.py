"""Celery with its defaults: only broker and result backend are set, on the command line."""

from celery import Celery

app = Celery("bench", set_as_current=False)


@app.task(name="bench.default_noop")
def noop(_text: str) -> None:
    """Do nothing."""
