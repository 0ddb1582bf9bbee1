"""One Redis client for all commands of a kombu channel.

kombu makes a new client for each command. That took a third of the time to publish a message, and
a worker sends several commands for each one.
"""

from typing import Any

from kombu.transport.redis import Channel, Transport


class OneClientChannel(Channel):
    """Keeps its client as long as kombu keeps the connections below it."""

    _one_client: Any = None

    def _create_client(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002  (kombu's signature)
        if asynchronous:  # kombu keeps these itself
            return super()._create_client(asynchronous=True)  # type: ignore[no-untyped-call]
        # After an error, kombu drops its pool of connections and makes another one.
        if self._one_client is None or self._one_client.connection_pool is not self.pool:
            self._one_client = super()._create_client()  # type: ignore[no-untyped-call]
        return self._one_client


def reuse_clients() -> None:
    """Let the channels of this process keep their clients."""
    if not issubclass(Transport.Channel, OneClientChannel):
        Transport.Channel = OneClientChannel
