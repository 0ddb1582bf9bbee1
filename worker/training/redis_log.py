"""Redis' log on the disk holds texts that Redis itself has forgotten; rewriting it drops them."""

import redis
import structlog

log = structlog.get_logger(__name__)


def rewrite_log(client: redis.Redis) -> None:
    """Let Redis write its append-only file anew, with what it holds now, in the background.

    Raises redis.RedisError when Redis does not answer.
    """
    try:
        client.bgrewriteaof()
    except redis.ResponseError as e:  # one runs already, or a service does not allow it
        log.info("Redis does not rewrite its log now", reason=str(e))
