"""Numbers by which others tell the newer from the older: of passwords, of contacts, of what is active."""

from datetime import datetime


def next_version(former: int, now: datetime) -> int:
    """Milliseconds since 1970, or one more than the former where the clock has not moved on.

    So that a database restored from a backup does not give out again, for something else, what others have seen.
    """
    return max(former + 1, int(now.timestamp() * 1000))
