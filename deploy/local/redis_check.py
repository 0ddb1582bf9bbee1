"""Asks a Redis of one's own, before anything starts, whether Emojify can work with it."""

import redis

from deploy.local.preflight import CannotStartError
from emojify_core.queue.redis_client import connect
from emojify_core.queue.redis_trouble import redis_trouble
from emojify_core.settings import Settings

# What waiting does not mend: a person wrote something wrong.
_WRONG = ("EMOJIFY_REDIS_URL.", "cluster mode", "cannot be verified", "speak TLS")
_CLUSTER = "runs in cluster mode. Emojify needs a server without it."


def require_usable_redis(settings: Settings) -> None:
    """Raise CannotStartError for a Redis that will never do.

    One that is away may come back, so the run starts and waits for it.
    """
    with connect(settings.resolved_redis_url) as client:
        try:
            server = client.info("server")
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
        except redis.RedisError as e:
            trouble = redis_trouble(e)
            if any(sign in trouble for sign in _WRONG):
                raise CannotStartError(f"Redis {trouble}") from e
            return
    if server.get("redis_mode") == "cluster" or server.get("server_mode") == "cluster":
        raise CannotStartError(f"Redis {_CLUSTER}")
    if policy != "noeviction":
        raise CannotStartError(
            f"Redis deletes messages when it is full (maxmemory-policy {policy}). "
            "Set it to noeviction: CONFIG SET maxmemory-policy noeviction"
        )
