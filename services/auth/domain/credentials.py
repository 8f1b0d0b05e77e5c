"""Credentials: what replaces what, and when. Pure: the clock, the hash and the policy come in as arguments."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NewType

from shared.ids import AccountId
from shared.portals.policy import PasswordPolicy
from shared.versions import next_version

PasswordHash = NewType("PasswordHash", str)  # Argon2id in the PHC string format


@dataclass(frozen=True, slots=True)
class Password:
    """What opens an account: chosen by its owner, or generated, for a mail or to be said on the telephone."""

    hash: PasswordHash
    generated: bool
    expires_at: datetime | None = None  # None: lasts until replaced
    temporary: bool = False  # opens only "choose your password"
    use_until: datetime | None = None  # opens nothing from then on, unless it was used before
    used_at: datetime | None = None  # when it first opened the account

    @property
    def unused(self) -> bool:
        """Nobody has shown that it reached its owner: who chose one knows it."""
        return self.generated and self.used_at is None

    def opens(self, now: datetime) -> bool:
        in_time = self.use_until is None or self.used_at is not None or now < self.use_until
        return in_time and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Credential:
    """What opens an account: the newest password, and where the policy keeps it, one before."""

    account_id: AccountId
    generation: int  # only grows, and follows the clock, so that a restored database does not fall behind
    newest: Password | None = None  # None: never activated, or what was mailed ended unused
    former: Password | None = None  # still valid, until the newest is used

    def hashes(self) -> tuple[PasswordHash | None, PasswordHash | None]:
        return self.newest.hash if self.newest else None, self.former.hash if self.former else None

    def of(self, matched: PasswordHash) -> Password | None:
        """The password that has this hash; None: it was replaced."""
        return next((one for one in (self.newest, self.former) if one is not None and one.hash == matched), None)


def none_yet(account_id: AccountId) -> Credential:
    return Credential(account_id, generation=0)


def regenerate(former: Credential, password_hash: PasswordHash, policy: PasswordPolicy, now: datetime) -> Credential:
    """The next credential of an account (S1.14: « Le précédent mot-de-passe est remplacé par le nouveau. »).

    The former password stops at once, or, where the policy keeps it (S1.17), when the new one is first used; one that
    was itself never used gives way to the one before it, which its owner may still know.
    """
    kept: Password | None = None
    if policy.former == "valid_until_used":
        one_before_it = former.newest is None or former.newest.used_at is None
        kept = former.former if one_before_it and former.former is not None else former.newest
    expires_at = now + policy.expires_after if policy.expires_after else None
    newest = Password(password_hash, generated=True, expires_at=expires_at, temporary=expires_at is not None)
    return Credential(former.account_id, next_version(former.generation, now), newest, kept)


def release(
    former: Credential, password_hash: PasswordHash, *, use_until: datetime, temporary: bool, now: datetime
) -> Credential:
    """The credential after a password was said on the telephone (S2.7): nothing else opens the account from now on.

    Used in time it lasts until replaced; a `temporary` one opens only the choice of another, and only as long.
    """
    newest = Password(
        password_hash,
        generated=True,
        expires_at=use_until if temporary else None,
        temporary=temporary,
        use_until=use_until,
    )
    return Credential(former.account_id, next_version(former.generation, now), newest)


def choose(former: Credential, password_hash: PasswordHash, now: datetime) -> Credential:
    """The credential after its owner chose a password: it lasts until replaced, and nothing else opens the account."""
    chosen = Password(password_hash, generated=False)
    return Credential(former.account_id, next_version(former.generation, now), chosen)


def end_unused(credential: Credential, now: datetime) -> Credential:
    """The credential without what was generated and never used: a mail under way holds a dead password from now on.

    What its owner chose or has used opens the account as before, and as long; where that is all there is, it is the
    same object.
    """
    kept = [one for one in (credential.newest, credential.former) if one is not None and not one.unused]
    newest, former = [*kept, None, None][:2]
    if (newest, former) == (credential.newest, credential.former):
        return credential
    return Credential(credential.account_id, next_version(credential.generation, now), newest, former)


def opens(credential: Credential, matched: PasswordHash, now: datetime) -> bool:
    """Whether the password that `matched` was verified against opens the account now."""
    password = credential.of(matched)
    return password is not None and password.opens(now)


def opens_only_a_choice(credential: Credential, matched: PasswordHash) -> bool:
    """Whether it is a temporary one. What a stranger asks for does not make the owner's own password one (S1.17)."""
    password = credential.of(matched)
    return password is not None and password.temporary


def use(credential: Credential, matched: PasswordHash, now: datetime) -> Credential:
    """The credential after it opened the account: the first use of the newest password ends the one before."""
    password = credential.of(matched)
    if password is None or password.used_at is not None:
        return credential
    used = replace(password, used_at=now)
    if password is credential.newest:
        return replace(credential, newest=used, former=None)
    return replace(credential, former=used)
