"""When to try again."""

from dataclasses import dataclass
from datetime import timedelta

# After 15 s, 60 s and 4 min, counted from the first try (S1.5: at least three within five minutes), then less and less.
PAUSES = tuple(timedelta(seconds=s) for s in (15, 45, 180, 600, 1200, 2400, 3600))


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between tries, the last one repeated; each is spread by `jitter` to both sides, so that mails deferred
    together do not come back together."""

    pauses: tuple[timedelta, ...] = PAUSES
    jitter: float = 0.2

    def pause(self, tries: int, dice: float) -> timedelta:
        """The pause after that many tries (1 or more); `dice` in [0, 1)."""
        usual = self.pauses[min(tries, len(self.pauses)) - 1]
        return usual * (1 + self.jitter * (2 * dice - 1))
