"""How well a process is, part by part: what `/readyz` says and why."""

from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["ready", "degraded", "unavailable"]


@dataclass(slots=True)
class Health:
    """Parts report themselves; the worst one decides.

    A degraded process still serves (Kafka down: activations are accepted and wait in the outbox);
    an unavailable one must get no requests (PostgreSQL down, or not started yet).
    """

    _degraded: dict[str, str] = field(default_factory=dict)
    _unavailable: dict[str, str] = field(default_factory=dict)

    def degraded(self, part: str, why: str) -> None:
        self._degraded[part] = why

    def unavailable(self, part: str, why: str) -> None:
        self._unavailable[part] = why

    def well(self, part: str) -> None:
        self._degraded.pop(part, None)
        self._unavailable.pop(part, None)

    @property
    def verdict(self) -> Verdict:
        if self._unavailable:
            return "unavailable"
        return "degraded" if self._degraded else "ready"

    def snapshot(self) -> dict[str, object]:
        return {"status": self.verdict, "reasons": {**self._degraded, **self._unavailable}}
