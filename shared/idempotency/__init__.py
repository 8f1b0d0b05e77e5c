"""Idempotency-Key: the same request sent twice is done once, and answered twice."""

from shared.idempotency.claims import AlreadyAnswered, Answer, Claim, KeyReused, Once, StillAnswering, claim
from shared.idempotency.kept import KeptAnswers, keep_result

__all__ = [
    "AlreadyAnswered",
    "Answer",
    "Claim",
    "KeptAnswers",
    "KeyReused",
    "Once",
    "StillAnswering",
    "claim",
    "keep_result",
]
