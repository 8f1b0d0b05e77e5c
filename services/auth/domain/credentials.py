"""Credentials: what replaces what, and when. Pure: the clock, the hash and the policy come in as arguments."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType

from shared.ids import AccountId
from shared.portals.policy import PasswordPolicy
from shared.versions import next_version

PasswordHash = NewType("PasswordHash", str)  # Argon2id in the PHC string format


@dataclass(frozen=True, slots=True)
class Credential:
    """What opens an account: the password of the newest generation, and where the policy keeps it, one before."""

    account_id: AccountId
    generation: int  # only grows, and follows the clock, so that a restored database does not fall behind
    password_hash: PasswordHash | None  # None: the account was never activated
    expires_at: datetime | None  # None: lasts until replaced
    used_at: datetime | None = None  # when the password first opened the account
    former_hash: PasswordHash | None = None  # still valid, until the newer one is used
    temporary: bool = False  # opens only "choose your password"
    former_expires_at: datetime | None = None  # as it was when it was the newest; None: not a temporary one either

    def hashes(self) -> tuple[PasswordHash | None, PasswordHash | None]:
        return self.password_hash, self.former_hash


def none_yet(account_id: AccountId) -> Credential:
    return Credential(account_id, generation=0, password_hash=None, expires_at=None)


def regenerate(former: Credential, password_hash: PasswordHash, policy: PasswordPolicy, now: datetime) -> Credential:
    """The next credential of an account (S1.14: « Le précédent mot-de-passe est remplacé par le nouveau. »).

    The former one stops at once, or, where the policy keeps it (S1.17), when the new one is first used; a password
    that was itself never used gives way to the one before it, which its owner may still know.
    """
    kept: tuple[PasswordHash | None, datetime | None] = (None, None)
    if policy.former == "valid_until_used":
        unused = former.used_at is None and former.former_hash is not None
        newest, one_before = (former.password_hash, former.expires_at), (former.former_hash, former.former_expires_at)
        kept = one_before if unused else newest
    former_hash, former_expires_at = kept
    return Credential(
        former.account_id,
        next_version(former.generation, now),
        password_hash,
        now + policy.expires_after if policy.expires_after else None,
        former_hash=former_hash,
        temporary=policy.expires_after is not None,
        former_expires_at=former_expires_at,
    )


def opens(credential: Credential, matched: PasswordHash, now: datetime) -> bool:
    """Whether the password that `matched` was verified against opens the account now."""
    if matched == credential.password_hash:
        return credential.expires_at is None or now < credential.expires_at
    in_time = credential.former_expires_at is None or now < credential.former_expires_at
    return matched == credential.former_hash and in_time


def opens_only_a_choice(credential: Credential, matched: PasswordHash) -> bool:
    """Whether it is a temporary one. What a stranger asks for does not make the owner's own password one (S1.17)."""
    if matched == credential.password_hash:
        return credential.temporary
    return credential.former_expires_at is not None


def use(credential: Credential, matched: PasswordHash, now: datetime) -> Credential:
    """The credential after it opened the account: the first use of the newest password ends the one before."""
    if matched != credential.password_hash or credential.used_at is not None:
        return credential
    return replace(credential, used_at=now, former_hash=None, former_expires_at=None)


def choose(former: Credential, password_hash: PasswordHash, now: datetime) -> Credential:
    """The credential after its owner chose a password: it lasts until replaced, and nothing else opens the account."""
    return Credential(former.account_id, next_version(former.generation, now), password_hash, expires_at=None)
