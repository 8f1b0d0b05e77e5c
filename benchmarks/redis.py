"""Redis for the peers, as fast as it can be: nothing of it is written to disk."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.listening import until_listening
from deploy.local.child import spawn
from deploy.local.ports import free_port
from deploy.local.prerequisites import Lacking, find_program


@contextlib.asynccontextmanager
async def run_redis(folder: Path) -> AsyncIterator[str]:
    """Its URL, as long as the block lives. Raises Lacking."""
    program = find_program("redis")
    if program is None:
        raise Lacking("no redis-server: apt-get install redis-server")
    port = free_port()
    options = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", folder)
    child = await spawn("redis", (program, *options), log=folder / "logs" / "redis.log")
    try:
        await until_listening(child, port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        await child.kill()
