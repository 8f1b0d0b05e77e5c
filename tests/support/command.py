"""The command `guichet`, as an operator gives it: a process of its own, its words and its exit status."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Done:
    status: int
    out: str
    err: str


async def guichet(*arguments: str | Path, environment: Mapping[str, str], given: bytes | None = None) -> Done:
    """`given` is what is piped in."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "deploy.cli",
        *map(str, arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", **environment},
    )
    out, err = await process.communicate(given)
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())
