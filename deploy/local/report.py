"""What is being done just now, for somebody who waits."""

from collections.abc import Callable

Report = Callable[[str], None]


def silent(_: str) -> None:
    """Nobody waits."""
