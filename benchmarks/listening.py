"""Waiting for a process to serve its port."""

import asyncio
import contextlib

from deploy.local.child import Child


async def until_listening(child: Child, port: int) -> None:
    """Raises ProcessEnded, or TimeoutError after ten seconds."""
    async with asyncio.timeout(10):
        while True:
            child.raise_if_ended()
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.02)
