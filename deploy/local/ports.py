"""Free loopback ports, below the range the kernel takes outgoing ports from.

A port out of that range may be another connection's own by the time a process that was started again binds it, and
somebody who tries until it listens may meet himself (TCP's simultaneous open).
"""

import random
import socket

_given: set[int] = set()


def free_port() -> int:
    """A port nobody listens on now; never the same twice in one process."""
    for _ in range(1000):
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise OSError("no free port between 20000 and 32000")


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
