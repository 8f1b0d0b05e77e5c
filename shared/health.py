"""How well a process is, part by part: what `/readyz` says and why."""

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from prometheus_client import Gauge

Verdict = Literal["ready", "degraded", "unavailable"]

UNWELL = Gauge("guichet_part_unwell", "1 while a part of the process is degraded or unavailable, else 0", ["part"])
_unwell = cache(UNWELL.labels)  # finding a label's gauge takes longer than setting it


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
        _unwell(part).set(1)

    def unavailable(self, part: str, why: str) -> None:
        self._unavailable[part] = why
        _unwell(part).set(1)

    def well(self, part: str) -> None:
        self._degraded.pop(part, None)
        self._unavailable.pop(part, None)
        _unwell(part).set(0)

    @property
    def verdict(self) -> Verdict:
        if self._unavailable:
            return "unavailable"
        return "degraded" if self._degraded else "ready"

    def snapshot(self) -> dict[str, object]:
        return {"status": self.verdict, "reasons": {**self._degraded, **self._unavailable}}
