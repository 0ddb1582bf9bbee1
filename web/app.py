"""The composition of the web process."""

from flask import Flask

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.redis_client import connect
from emojify_core.queue.worker_presence import Presence
from emojify_core.settings import Settings
from emojify_core.storage.factory import open_storage
from web.article.api import article_blueprint
from web.auth.api_key_gate import register_api_key_gate
from web.auth.identity import Identity
from web.auth.session_cookie import register_session
from web.auth.sign_in import sign_in_blueprint
from web.batches.api import batches_blueprint
from web.batches.page import batch_page_blueprint
from web.batches.results_api import batch_results_blueprint
from web.batches.serializer import BatchPresenter
from web.batches.service import BatchService
from web.corrections.api import corrections_blueprint
from web.corrections.page import correction_page_blueprint
from web.corrections.quota import Quota
from web.corrections.review_api import reviewing_blueprint
from web.corrections.service import CorrectionService
from web.http import limits as http_limits
from web.http import openapi
from web.http.concurrency import TransferSlots, WaitSlots
from web.http.problems import register_errors
from web.http.rate_limits import RateLimits
from web.http.request_logging import register_request_log
from web.http.security_headers import register_security_headers
from web.models.api import models_blueprint
from web.models.page import model_page_blueprint
from web.models.service import RollbackService
from web.predictions.api import predictions_blueprint
from web.predictions.page import page_blueprint
from web.predictions.service import PredictionService
from web.status.health import health_blueprint
from web.status.latency_window import register_recent_answers
from web.status.metrics import register_metrics
from web.status.page import StatusSources, status_page_blueprint
from web.text_catalog import load_catalog, register_catalog


def create_app(settings: Settings | None = None) -> Flask:
    """Return the WSGI app; it connects to Redis and the database when a request needs them."""
    settings = settings or Settings.from_env()
    client = connect(settings.resolved_redis_url)
    signer = IdSigner(settings.secret("id_key", settings.secret_key))
    celery = make_celery(settings)
    queue = PredictionQueue(celery, client, signer)
    presence = Presence(client)
    storage = open_storage(settings)
    wait_slots = WaitSlots(http_limits.WAIT_SLOTS)
    transfer_slots = TransferSlots(http_limits.TRANSFER_SLOTS)
    asking = PredictionService(queue, wait_slots)
    identity = Identity(settings)
    rule = settings.rate_limits.get("corrections")
    quota = Quota.from_rule(rule) if rule else None
    correcting = CorrectionService(
        storage.corrections, celery, queue, wait_slots, quota, review=settings.review
    )
    batching = BatchService(storage, BatchFiles(storage.files), celery, wait_slots, transfer_slots)
    presenter = BatchPresenter(settings.retention)

    app = Flask("web")
    app.config["MAX_CONTENT_LENGTH"] = http_limits.MAX_BODY
    app.extensions["emojify-storage"] = storage
    app.json.sort_keys = False  # type: ignore[attr-defined]  # labels keep their order
    say = load_catalog()
    register_request_log(app)
    register_security_headers(app)
    register_errors(app)
    register_session(app, settings.secret("session_key", settings.secret_key))
    register_metrics(app, queue, presence, storage)
    register_catalog(app, say)
    recent = register_recent_answers(app)
    register_api_key_gate(app, identity)
    limits = RateLimits(app, client, settings.rate_limits, trusted_proxies=settings.trusted_proxies)
    app.register_blueprint(page_blueprint(asking, limits, say, review=settings.review))
    app.register_blueprint(predictions_blueprint(asking, limits))
    app.register_blueprint(corrections_blueprint(correcting, identity, limits))
    app.register_blueprint(reviewing_blueprint(correcting, identity))
    app.register_blueprint(batches_blueprint(batching, presenter, identity, limits))
    app.register_blueprint(batch_results_blueprint(batching, identity))
    app.register_blueprint(batch_page_blueprint(batching, presenter, identity, limits, say))
    activating = RollbackService(storage.versions, storage.models, correcting)
    app.register_blueprint(models_blueprint(storage.versions, presence, activating, identity))
    app.register_blueprint(model_page_blueprint(activating, presence, identity, limits, say))
    observed = StatusSources(queue, presence, storage.engine, recent)
    app.register_blueprint(status_page_blueprint(observed, settings.flower_port, say))
    app.register_blueprint(correction_page_blueprint(correcting, identity, limits))
    app.register_blueprint(sign_in_blueprint(identity, limits, say))
    app.register_blueprint(article_blueprint(asking, correcting, identity, limits))
    app.register_blueprint(health_blueprint(queue, presence, storage.engine))
    app.register_blueprint(openapi.blueprint)
    return app
