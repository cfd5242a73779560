"""Relays a TCP port, which it prints, to a socket's path; killing it cuts every connection at once.

Not imported by tests: test_docker_container.py starts it.
"""

from __future__ import annotations

import asyncio
import sys


async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Pass on bytes and the end of them."""
    while block := await source.read(1 << 16):
        sink.write(block)
        await sink.drain()
    sink.write_eof()


async def serve(path: str) -> None:
    """Relay connections until this process is killed."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(path)
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  for whoever started this
    await server.serve_forever()


asyncio.run(serve(sys.argv[1]))
