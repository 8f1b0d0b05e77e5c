"""What a portal decides: who may do what, under which name, and how often. Data only; the rules are in the services."""

import string
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StringConstraints, model_validator

from shared.portals.durations import Duration, Limit, limit

CHARACTERS = {"digits": string.digits, "letters_and_digits": string.ascii_letters + string.digits}


Name = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")
]  # of something the portal's texts call by its name


class Part(BaseModel):
    """A part of `portal.yaml`: what it does not know is a fault, and nothing changes it once read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class IdentifierRule(Part):
    """What customer identifiers look like. Given ones may be shorter or longer than those Guichet makes."""

    alphabet: Literal["digits", "letters_and_digits"]
    length: PositiveInt
    shortest: PositiveInt | None = None
    longest: PositiveInt | None = None

    @property
    def characters(self) -> str:
        """What an identifier is made of: ASCII only, so that no look-alike is another customer."""
        return CHARACTERS[self.alphabet]

    @property
    def described(self) -> str:
        """For whoever gave something else: `4 to 32 letters and digits`."""
        shortest, longest = self.shortest or self.length, self.longest or self.length
        return f"{shortest if shortest == longest else f'{shortest} to {longest}'} {self.alphabet.replace('_', ' ')}"

    def accepts(self, text: str) -> bool:
        """Whether `text` may be an identifier here; leading zeros count, nothing is trimmed."""
        shortest, longest = self.shortest or self.length, self.longest or self.length
        return shortest <= len(text) <= longest and all(character in self.characters for character in text)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not (self.shortest or self.length) <= self.length <= (self.longest or self.length):
            raise ValueError("shortest <= length <= longest must hold")
        return self


class PasswordPolicy(Part):
    """Generated passwords: how long, how long they last, and what becomes of the one before."""

    length: int = Field(default=9, ge=9)  # S1.10; fewer than 9 of 65 characters are below the 50 bits of CNIL 2022-100
    expires_after: Duration | None = None  # None: lasts until replaced
    former: Literal["replaced_at_once", "valid_until_used"]  # valid_until_used: until the new one is first used


class SessionPolicy(Part):
    idle: Duration = timedelta(minutes=30)
    absolute: Duration = timedelta(hours=12)


class ActivationKeyPolicy(Part):
    """Keys that link a contract: how long one lasts from the day it is issued."""

    expires_after: Duration = timedelta(days=90)


class VerbalRelease(Part):
    """A password said on the telephone (S2.7): after which checks of the person, and how soon it must be used.

    Each check is called in the portal's texts by `verbal_release.checks.<name>`.
    """

    checks: tuple[Name, ...] = Field(min_length=1)
    use_within: Duration = timedelta(minutes=30)


class Policy(Part):
    """One row of the policy table for each attribute, one column for each portal."""

    accounts_opened_by: Literal["operator", "contact_person", "customer"]
    identifier: IdentifierRule
    sign_in_names: frozenset[Literal["identifier", "email"]] = Field(min_length=1)
    activation_names: frozenset[Literal["email", "code"]] = Field(
        min_length=1
    )  # code: the identifier, as people call it
    activation: Literal["generated_password", "reset_link"] = "generated_password"  # what the mail asked for brings
    password: PasswordPolicy  # of generated ones; may be left out where activation is a reset_link
    chosen_password_shortest: int = Field(default=12, ge=8)  # characters
    online_change: bool
    unknown_name: Literal["told", "neutral"]
    deliver_within: Duration  # a mail that was asked for and has not left by then is not sent any more
    tell_within: Duration = timedelta(hours=24)  # the same of a mail nobody asked for: a contract was linked
    session: SessionPolicy = SessionPolicy()
    verbal_release: VerbalRelease | None = None  # None: the desk has nothing to say on the telephone
    own_changes: frozenset[Literal["language", "address"]] = frozenset({"language", "address"})  # by people themselves
    linking: bool = False  # of contracts, by the keys the operator gives
    activation_keys: ActivationKeyPolicy = ActivationKeyPolicy()

    @property
    def mails_codes(self) -> bool:
        """Whether there is a code that people need to know, and may have forgotten."""
        return "identifier" in self.sign_in_names

    @model_validator(mode="before")
    @classmethod
    def _generating_none(cls, given: Any) -> Any:
        """Where people choose their passwords, only the desk ever makes one: for the moment, and in place of theirs."""
        if isinstance(given, dict) and given.get("activation") == "reset_link":
            return {"password": {"former": "replaced_at_once"}, **given}
        return given


class Limits(Part):
    """How often is too often; the defaults are the product's."""

    activations_per_name: Limit = limit("5 in 15 min")
    failed_sign_ins_per_name_and_address: Limit = limit("10 in 15 min")
    failed_sign_ins_per_name: Limit = limit(
        "100 in 1 h"
    )  # over all addresses; a browser that signed in before is exempt
    verbal_releases_per_account: Limit = limit("3 in 1 day")
    unrecognised_names_per_address: Limit = limit("20 in 15 min")  # where the portal tells; IPv6: per /64
    failing_keys_per_account: Limit = limit("20 in 1 h")
    failing_keys_per_address: Limit = limit("100 in 1 h")
    requests_per_address: Limit = limit("600 in 1 min")
