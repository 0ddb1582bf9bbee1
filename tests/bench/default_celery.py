"""Celery as it comes: a broker and a result backend are named on the command line, no more."""

from celery import Celery

app = Celery("bench", set_as_current=False)


@app.task(name="bench.default_noop")
def noop(_text: str) -> None:
    """Do nothing."""
