"""Points at which a test ends this process as a power cut would, to see that nothing is lost.

Off unless `GUICHET_FAULT` arms one: `relay.after_produce` ends the process at the first passing of that point,
`relay.after_produce:7` at the seventh. `main` reads the variable once and calls `arm`.
"""

import os
import signal

_armed: dict[str, int] = {}  # passings left


def arm(spec: str) -> None:
    """Raises ValueError where `spec` is not `point` or `point:n`."""
    point, _, count = spec.partition(":")
    if not point:
        raise ValueError(f"no fault point in {spec!r}")
    _armed[point] = int(count or 1)


def passing(point: str) -> None:
    """Nothing at all, unless armed."""
    if _armed and point in _armed:
        _armed[point] -= 1
        if _armed[point] == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def armed(point: str) -> bool:
    """For a point that lies inside one write: whether to cut the write in two there."""
    return bool(_armed) and point in _armed
