"""Free loopback ports, below the range the kernel takes outgoing ports from.

A port out of that range may be another connection's own by the time a process that was started again binds it, and
somebody who tries until it listens may meet himself (TCP's simultaneous open).
"""

import fcntl
import functools
import os
import random
import socket
import tempfile
from pathlib import Path

PORTS = range(20_000, 32_000)

_given: set[int] = set()


def free_port() -> int:
    """A port nobody listens on now; never the same twice, nor one that a living process of this user was given.

    Raises OSError where there is none.
    """
    for _ in range(1000):
        port = random.choice(PORTS)  # noqa: S311 - no secret
        if port not in _given and _claim(port) and is_free(port):
            _given.add(port)
            return port
    raise OSError(f"no free port between {PORTS.start} and {PORTS.stop}")


def _claim(port: int) -> bool:
    """Whether it is ours as long as we live: until somebody listens on it, others would find it free, too."""
    try:
        fcntl.lockf(_claims(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except (BlockingIOError, PermissionError):  # which of them, each system decides
        return False
    return True


@functools.cache
def _claims() -> int:
    """A file of which nothing matters but who holds the byte of a port."""
    path = Path(tempfile.gettempdir()) / f"guichet-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def preferred_port(port: int) -> int:
    """`port` where it is free, else any free one."""
    return port if is_free(port) else free_port()


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
