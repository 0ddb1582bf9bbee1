"""Parts of an installation inside the test's own process, made as in web/app.py."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from emojify_core.errors import QueueUnavailableError
from emojify_core.messages import PredictRequest
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.redis_client import connect
from emojify_core.queue.worker_presence import Presence, Worker
from emojify_core.settings import Settings
from support.deadlines import eventually
from support.stack import STARTS_WITHIN

# Texts that the shipped model classifies with a confidence of 0.9 and more.
CLEAR = {
    "I was so happy when I passed the exam.": "joy",
    "Somebody followed me home in the dark and I was terrified.": "fear",
    "My grandfather died.": "sadness",
    "The rotten food in the sink smelled disgusting.": "disgust",
    "I cheated on my girlfriend and felt guilty.": "guilt",
}
JOYFUL = next(iter(CLEAR))


def settings_of(environ: Mapping[str, str], **variables: str) -> Settings:
    """Return the settings of these processes, without rate limits."""
    return Settings.from_env({**environ, "EMOJIFY_RATE_LIMIT": "", **variables})


def signer_of(settings: Settings) -> IdSigner:
    """Return the signer of this installation's prediction ids."""
    return IdSigner(settings.secret("id_key", settings.secret_key))


@contextmanager
def queue_of(settings: Settings) -> Iterator[PredictionQueue]:
    """Give a client of the queue, like that of the web; close its connections afterwards."""
    celery, client = make_celery(settings), connect(settings.resolved_redis_url)
    with client:
        queue = PredictionQueue(celery, client, signer_of(settings))
        yield queue
        queue.close()
        celery.close()


def one(text: str = JOYFUL) -> PredictRequest:
    """Return a request for one text."""
    return PredictRequest((text,), single=True, request_id="test")


def many(*texts: str) -> PredictRequest:
    """Return a request for a list of texts."""
    return PredictRequest(texts, single=False, request_id="test")


def workers_of(settings: Settings) -> list[Worker]:
    """Return the workers that report to Redis; none while Redis is down."""
    with connect(settings.resolved_redis_url) as client:
        try:
            return Presence(client).workers()
        except QueueUnavailableError:
            return []


def until_worker(settings: Settings, *, within: float = STARTS_WITHIN) -> None:
    """Wait until a worker has reported its presence."""
    eventually(lambda: workers_of(settings), within=within, what="a worker has reported")
