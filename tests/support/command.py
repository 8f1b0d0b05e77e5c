"""The command `guichet`, as an operator gives it: a process of its own, its words and its exit status."""

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.forked import ended, fork

MODULE = "deploy.cli"

_given_before: set[str] = set()


@dataclass(frozen=True, slots=True)
class Done:
    status: int
    out: str
    err: str


async def guichet(*arguments: str | Path, environment: Mapping[str, str], given: bytes | None = None) -> Done:
    """`given` is what is piped in."""
    return await asyncio.to_thread(give, *arguments, environment=environment, given=given)


def give(*arguments: str | Path, environment: Mapping[str, str], given: bytes | None = None) -> Done:
    """The same, for a test that does nothing meanwhile.

    The first time in a run each command is started as an operator starts it, imports and all, and then forked from a
    process that has done these.
    """
    argv, env = [str(each) for each in arguments], {"PATH": "/usr/bin:/bin", **environment}
    if argv[0] not in _given_before:
        _given_before.add(argv[0])
        done = subprocess.run(
            [sys.executable, "-m", MODULE, *argv], input=given or b"", capture_output=True, env=env, check=False
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    stdin, feed = os.pipe()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        _, status = fork(MODULE, argv, env, stdin=stdin, stdout=out.fileno(), stderr=err.fileno())
        os.close(stdin)
        feeding = threading.Thread(target=_feed, args=(feed, given or b""))
        feeding.start()
        code = ended(status)
        feeding.join()
        out.seek(0)
        err.seek(0)
        return Done(code, out.read().decode(), err.read().decode())


def _feed(pipe: int, given: bytes) -> None:
    try:
        with os.fdopen(pipe, "wb") as opened:
            opened.write(given)
    except BrokenPipeError:
        pass  # it did not care for all of it
