"""A TCP proxy on loopback that delays every chunk of data in both directions."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class SlowProxy:
    """The proxy's port, and the delay of each chunk in seconds; a test may change it."""

    port: int
    delay: float = 0.0


@contextmanager
def slow_proxy(target_port: int, tls: ssl.SSLContext | None = None) -> Iterator[SlowProxy]:
    """Run a proxy in front of the server on `target_port` until the block ends.

    With `tls` its clients must speak TLS.
    """
    proxy = SlowProxy(0)
    loop = asyncio.new_event_loop()
    tasks: set[asyncio.Task[None]] = set()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while chunk := await reader.read(1 << 16):
                await asyncio.sleep(proxy.delay)
                writer.write(chunk)
                await writer.drain()
        if tls:  # closing would wait for the peer's goodbye
            writer.transport.abort()
        writer.close()

    async def connect_to_target(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream = await asyncio.open_connection("127.0.0.1", target_port)
        except OSError:
            writer.close()
            return
        for source, sink in ((reader, upstream[1]), (upstream[0], writer)):
            task = loop.create_task(copy(source, sink))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = loop.run_until_complete(
        asyncio.start_server(connect_to_target, "127.0.0.1", 0, ssl=tls)
    )
    proxy.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def close() -> None:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # the loop closes the sockets meanwhile

    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
