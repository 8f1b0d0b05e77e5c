"""Answers already given, by Idempotency-Key."""

from dataclasses import dataclass
from typing import TypeVar

from shared.db import Database, Transaction
from shared.idempotency.claims import AlreadyAnswered, Answer, Claim, KeyReused, Once, StillAnswering

R = TypeVar("R")

# A claim whose process died without an answer is taken over after a minute. Should it live after all, it no longer owns
# the claim, and can neither answer it nor give it up.
TAKE = """
    insert into idempotency_answers as held (digest, fingerprint, owner)
    values ($1, $2, $3)
        on conflict (digest) do update
       set fingerprint = excluded.fingerprint, owner = excluded.owner, claimed_at = now(), status = null, body = null
     where held.claimed_at < now() - interval '24 hours'
        or held.status is null and held.claimed_at < now() - interval '1 minute'
    returning true
"""

FIND = "select fingerprint, status, body from idempotency_answers where digest = $1"

KEEP = "update idempotency_answers set status = $3, body = $4 where digest = $1 and owner = $2"

GIVE_UP = "delete from idempotency_answers where digest = $1 and owner = $2 and status is null"


async def take_claim(db: Database, claim: Claim) -> Answer | None:
    """None: it is ours to do; else the answer that was given. Raises KeyReused, AlreadyAnswered, StillAnswering."""
    if await db.fetchval(TAKE, claim.digest, claim.fingerprint, claim.owner):
        return None
    row = await db.fetchrow(FIND, claim.digest)
    if row is None:
        raise StillAnswering  # given up this very moment: a repeat will find it free
    if row["fingerprint"] != claim.fingerprint:
        raise KeyReused
    if row["status"] is None:
        raise StillAnswering
    if row["body"] is None:
        raise AlreadyAnswered
    return Answer(row["status"], row["body"])


async def keep_answer(db: Database | Transaction, claim: Claim, answer: Answer) -> bool:
    """Whether the claim was still this request's."""
    return await db.execute(KEEP, claim.digest, claim.owner, answer.status, answer.body) == "UPDATE 1"


async def keep_result(tx: Transaction, once: Once[R] | None, result: R) -> None:
    """In the transaction that does the work; nothing where the request carried no key.

    Raises StillAnswering where somebody else does that work by now: ours is undone.
    """
    if once is not None and not await keep_answer(tx, once.claim, once.answer(result)):
        raise StillAnswering


async def give_up_claim(db: Database, claim: Claim) -> None:
    """For answers that are not kept (429, 5xx): a repeat is tried anew. One that was kept in a transaction stays."""
    await db.execute(GIVE_UP, claim.digest, claim.owner)


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """The answers of this service's database, as the HTTP edge asks for them."""

    db: Database

    async def take(self, claim: Claim) -> Answer | None:
        return await take_claim(self.db, claim)

    async def keep(self, claim: Claim, answer: Answer) -> None:
        await keep_answer(self.db, claim, answer)

    async def give_up(self, claim: Claim) -> None:
        await give_up_claim(self.db, claim)
