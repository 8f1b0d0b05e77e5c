"""Servers that go away for a while."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.local.kafka import KafkaServer
from deploy.local.postgres import PostgresServer


@asynccontextmanager
async def away(server: KafkaServer | PostgresServer, *, crashed: bool = False) -> AsyncIterator[None]:
    """Stopped while the block lasts; back for the other tests whatever happens in it."""
    await (server.kill() if crashed else server.stop())
    try:
        yield
    finally:
        await server.start()
