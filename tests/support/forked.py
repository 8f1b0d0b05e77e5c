"""Processes from the fork server: as asyncio's, as far as the tests ask."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]

_one_at_a_time = threading.Lock()
_servers: list[tuple[socket.socket, subprocess.Popen[bytes]]] = []


class Forked:
    """One process. `returncode` is there when it has ended, minus the signal where one ended it."""

    def __init__(self, pid: int, status: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()
        self._status = status
        asyncio.get_running_loop().add_reader(status, self._end)

    def send_signal(self, number: int) -> None:
        """Raises ProcessLookupError."""
        if self.returncode is not None:
            raise ProcessLookupError
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Raises ProcessLookupError."""
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._status)
        self.returncode = ended(self._status)
        self._ended.set()


async def start(program: str, argv: Sequence[str], env: Mapping[str, str], log: Path = Path("/dev/stderr")) -> Forked:
    """`program` with these arguments and this environment alone; what it says goes to the end of the file `log`."""

    def forked() -> tuple[int, socket.socket]:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as words, Path("/dev/null").open("rb") as nothing:
            files = {"stdin": nothing.fileno(), "stdout": words.fileno(), "stderr": words.fileno()}
            return fork(program, argv, env, **files)

    return Forked(*await asyncio.to_thread(forked))


def fork(
    program: str, argv: Sequence[str], env: Mapping[str, str], *, stdin: int, stdout: int, stderr: int
) -> tuple[int, socket.socket]:
    """Its process id, and a socket that tells of its end. `program`: a module's name, or a file of Python."""
    status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    request = json.dumps({"program": program, "argv": list(argv), "env": dict(env)}).encode()
    with theirs:
        socket.send_fds(_server(), [request], [stdin, stdout, stderr, theirs.fileno()])
    return int(status.recv(64)), status


def ended(status: socket.socket) -> int:
    """Waits for its exit status."""
    with status:
        return int(status.recv(64))


def _server() -> socket.socket:
    with _one_at_a_time:
        if not _servers:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                argv = (sys.executable, "-m", "tests.support.fork_server", str(theirs.fileno()))
                environment = {"PATH": "/usr/bin:/bin"}
                process = subprocess.Popen(
                    argv, pass_fds=[theirs.fileno()], cwd=ROOT, env=environment, start_new_session=True
                )
            _servers.append((ours, process))
        return _servers[0][0]
