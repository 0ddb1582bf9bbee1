"""The composition of the web process: its services and its routes."""

from dataclasses import dataclass
from functools import partial

from flask import Flask

from emojify_core.batches.batch_files import BatchFiles
from emojify_core.errors import StorageUnavailableError
from emojify_core.limits import MAX_BODY
from emojify_core.queue.celery_app import make_celery
from emojify_core.queue.prediction_ids import IdSigner
from emojify_core.queue.prediction_queue import PredictionQueue
from emojify_core.queue.redis_client import connect
from emojify_core.queue.trainer_notification import wake_trainer
from emojify_core.queue.worker_presence import Presence
from emojify_core.settings import Settings
from emojify_core.storage.factory import Storage, open_storage
from emojify_core.trusted_hosts import TrustedHosts
from web.article.api import article_blueprint
from web.auth.api_key_gate import register_api_key_gate
from web.auth.identity import Identity
from web.auth.session_cookie import register_session
from web.auth.sign_in import sign_in_blueprint
from web.batches.api import batches_blueprint
from web.batches.page import batch_page_blueprint
from web.batches.results_api import batch_results_blueprint
from web.batches.serializer import BatchSerializer
from web.batches.service import BatchService
from web.batches.storage_quota import StorageQuota
from web.batches.upload_api import batch_upload_blueprint
from web.clients.api import clients_blueprint
from web.clients.service import ForgetService
from web.corrections.admission import Admission
from web.corrections.api import corrections_blueprint
from web.corrections.page import correction_page_blueprint
from web.corrections.quota import Quota
from web.corrections.review_api import review_blueprint
from web.corrections.review_page import review_page_blueprint
from web.corrections.review_queue_api import review_queue_blueprint
from web.corrections.review_quota import ReviewQuota
from web.corrections.review_service import ReviewService
from web.corrections.service import CorrectionService
from web.http import limits, openapi
from web.http.concurrency import TransferSlots, WaitSlots
from web.http.host_check import register_host_check
from web.http.problems import register_errors
from web.http.rate_limits import RateLimits, trust_proxies
from web.http.request_counts import RequestCounts
from web.http.request_logging import register_request_log
from web.http.request_parsing import register_form_limit
from web.http.security_headers import register_security_headers
from web.http.token_budget import TokenBudget
from web.models.api import models_blueprint
from web.models.page import model_page_blueprint
from web.models.service import RebuildService, RollbackService
from web.predictions.api import predictions_blueprint
from web.predictions.page import page_blueprint
from web.predictions.service import PredictionService
from web.server.url_prefix import UrlPrefix
from web.static_compression import register_static_compression
from web.status.health import health_blueprint
from web.status.latency_window import register_latency_window
from web.status.metrics import register_metrics
from web.status.page import status_page_blueprint
from web.status.readiness import StatusSources
from web.text_catalog import load_catalog, register_catalog


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes work with."""

    storage: Storage
    sources: StatusSources
    identity: Identity
    predictions: PredictionService
    corrections: CorrectionService
    batches: BatchService
    rollbacks: RollbackService
    rebuilds: RebuildService
    clients: ForgetService
    rate_limits: RateLimits


def build_services(settings: Settings) -> Services:
    """Build each service once. None of them connects before its first use."""
    redis = connect(settings.resolved_redis_url)
    celery = make_celery(settings)
    storage = open_storage(settings)
    queue = PredictionQueue(celery, redis, IdSigner(settings.secret("id_key", settings.secret_key)))
    waits, transfers = WaitSlots(limits.WAIT_SLOTS), TransferSlots(limits.TRANSFER_SLOTS)
    rules = settings.rate_limits
    quota = Quota.from_rule(rules["corrections"]) if "corrections" in rules else None
    counts = RequestCounts(redis)
    tokens = TokenBudget.from_rule(counts, rules["predictions"]) if "predictions" in rules else None
    storage_quota = StorageQuota(storage.batches, storage.files, settings.batch_storage)
    notify_trainer = partial(wake_trainer, celery)
    admission = Admission.from_settings(settings)
    return Services(
        storage,
        StatusSources(
            queue, Presence(redis), storage.engine, settings.home, storage.files.free_bytes
        ),
        Identity(settings, storage.sign_ins),
        PredictionService(queue, waits, tokens),
        CorrectionService(
            storage.corrections,
            queue,
            notify_trainer,
            waits,
            quota,
            ReviewQuota(storage.reviews),
            admission,
        ),
        BatchService(storage, BatchFiles(storage.files), celery, waits, transfers, storage_quota),
        RollbackService(storage.versions, storage.models, notify_trainer),
        RebuildService(storage.versions, notify_trainer),
        ForgetService(storage, BatchFiles(storage.files), notify_trainer),
        RateLimits(counts, tokens, rules),
    )


def create_app(settings: Settings | None = None) -> Flask:
    """Return the WSGI app. It connects to Redis and the database when a request needs them."""
    settings = settings or Settings.from_env()
    services = build_services(settings)
    identity, presence = services.identity, services.sources.presence
    rate_limits = services.rate_limits
    serializer = BatchSerializer(settings.retention)
    review = ReviewService(
        services.storage.reviews, services.predictions, services.corrections.wake_trainer
    )
    say = load_catalog()

    app = Flask("web")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.extensions["emojify-storage"] = services.storage
    app.json.sort_keys = False  # type: ignore[attr-defined]  # labels keep their order
    register_request_log(app)
    register_host_check(app, TrustedHosts.from_settings(settings))
    register_security_headers(app)
    register_form_limit(app)
    register_errors(app)
    register_session(app, settings.secret("session_key", settings.secret_key))
    register_metrics(app, services.sources)
    register_catalog(app, say)
    register_static_compression(app)
    latency = register_latency_window(app)
    register_api_key_gate(app, identity)

    def is_reviewed() -> bool:
        admission = services.corrections.admission
        if admission.review_strangers == admission.review:
            return admission.review
        try:
            return admission.reviews(is_stranger=identity.is_stranger())
        except StorageUnavailableError:  # the page works without the database
            return True

    app.wsgi_app = UrlPrefix(  # type: ignore[method-assign]
        app.wsgi_app, settings.prefix, trusted=settings.trusted_proxies > 0
    )
    trust_proxies(app, settings.trusted_proxies)
    for blueprint in (
        page_blueprint(services.predictions, rate_limits, say, is_reviewed),
        predictions_blueprint(services.predictions, rate_limits),
        corrections_blueprint(services.corrections, identity, rate_limits),
        review_blueprint(services.corrections, identity),
        review_queue_blueprint(review, identity),
        review_page_blueprint(review, identity, say),
        correction_page_blueprint(services.corrections, identity, rate_limits),
        batch_upload_blueprint(services.batches, serializer, identity, rate_limits),
        batches_blueprint(services.batches, serializer, identity),
        batch_results_blueprint(services.batches, identity),
        batch_page_blueprint(services.batches, serializer, identity, rate_limits, say),
        clients_blueprint(services.clients, identity),
        models_blueprint(presence, services.rollbacks, services.rebuilds, identity),
        model_page_blueprint(services.rollbacks, presence, identity, rate_limits, say),
        status_page_blueprint(services.sources, latency, settings.flower_port, say),
        health_blueprint(services.sources),
        article_blueprint(services.predictions, services.corrections, identity, rate_limits),
        sign_in_blueprint(identity, rate_limits, say),
        openapi.blueprint,
    ):
        app.register_blueprint(blueprint)
    return app
