"""What a portal decides: who may do what, under which name, and how often. Data only; the rules are in the services.

What stands below a field is what editors show for its key: it goes into the JSON Schema of `portal.yaml`.
"""

import string
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.portals.durations import Duration, Limit, limit

CHARACTERS = {"digits": string.digits, "letters_and_digits": string.ascii_letters + string.digits}

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]  # what the portal's texts call something by
Length = Annotated[int, Field(ge=1, le=64)]  # characters


class Part(BaseModel):
    """A part of `portal.yaml`: what it does not know is a fault, and nothing changes it once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class IdentifierRule(Part):
    """What customer identifiers look like. Given ones may be shorter or longer than those Guichet makes."""

    alphabet: Literal["digits", "letters_and_digits"]
    """What they are made of; ASCII only, so that no look-alike is another customer."""
    length: int = Field(ge=6, le=64)  # shorter ones would soon have run out: none is ever used again (S1.9)
    """Of those that Guichet makes, in characters."""
    shortest: Length | None = None
    """Of those that are given; as long as those made when left out."""
    longest: Length | None = None
    """Of those that are given; as long as those made when left out."""

    @property
    def characters(self) -> str:
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

    length: int = Field(default=9, ge=9, le=64)  # S1.10; fewer than 9 of 65 are below the 50 bits of CNIL 2022-100
    """In characters of 65, with at least one upper-case letter, lower-case letter, digit and sign."""
    expires_after: Duration | None = None
    """A temporary one: it opens only the choice of another, and not for longer. Left out: it lasts until replaced."""
    former: Literal["replaced_at_once", "valid_until_used"]
    """When the password before stops: at once, or when the new one is first used, so that asking locks nobody out."""


class SessionPolicy(Part):
    """How long somebody stays signed in."""

    idle: Duration = timedelta(minutes=30)
    """Since they last did something."""
    absolute: Duration = timedelta(hours=12)
    """Since they signed in."""


class ActivationKeyPolicy(Part):
    """Keys that link a contract."""

    expires_after: Duration = timedelta(days=90)
    """How long one lasts from the day it is issued."""


class VerbalRelease(Part):
    """A password said on the telephone (S2.7): after which checks of the person, and how soon it must be used."""

    checks: tuple[Name, ...] = Field(min_length=1)
    """What is asked of the person first, all of it; the portal's texts `verbal_release.checks.<name>` say each."""
    use_within: Duration = timedelta(minutes=30)
    """How soon it must be used."""


class Policy(Part):
    """One row of the policy table for each attribute, one column for each portal."""

    accounts_opened_by: Literal["operator", "contact_person", "customer"]
    """The operator opens accounts everywhere; `contact_person`: at the request of the customer file's contact person;
    `customer`: people open theirs themselves as well."""
    identifier: IdentifierRule
    """The name for life that every account has."""
    sign_in_names: frozenset[Literal["identifier", "email"]] = Field(min_length=1)
    """What people sign in as."""
    activation_names: frozenset[Literal["email", "code"]] = Field(min_length=1)
    """What the page asks for that mails a password or a link; `code` is the identifier, as people call it."""
    activation: Literal["generated_password", "reset_link"] = "generated_password"
    """What that mail brings: a password, or a link to choose one."""
    password: PasswordPolicy
    """Generated ones; may be left out where activation is a reset_link."""
    chosen_password_shortest: int = Field(default=12, ge=8, le=64)
    """Of those people choose, in characters."""
    online_change: bool
    """Whether people change their passwords themselves."""
    unknown_name: Literal["told", "neutral"]
    """What is answered to a name nobody has: that nobody has it, or the same as to all, in the same time."""
    deliver_within: Duration
    """A mail that somebody asked for and that has not left by then is not sent any more."""
    tell_within: Duration = timedelta(hours=24)
    """The same of a mail nobody asked for: a contract was linked, a password changed."""
    session: SessionPolicy = SessionPolicy()
    verbal_release: VerbalRelease | None = None
    """Left out: the desk says no password on the telephone."""
    own_changes: frozenset[Literal["language", "address"]] = frozenset({"language", "address"})
    """What people change of their details themselves."""
    linking: bool = False
    """Whether people link contracts, by the keys the operator gives."""
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
            return {**given, "password": given.get("password") or {"former": "replaced_at_once"}}
        return given


class Limits(Part):
    """How often is too often; the defaults are the product's."""

    activations_per_name: Limit = limit("5 in 15 min")
    """Requests for a password, a link or an account, for one name."""
    failed_sign_ins_per_name_and_address: Limit = limit("10 in 15 min")
    """And wrong passwords where one is asked for again."""
    failed_sign_ins_per_name: Limit = limit("100 in 1 h")
    """Over all addresses; a browser that signed in before is exempt."""
    verbal_releases_per_account: Limit = limit("3 in 1 day")
    """Passwords said on the telephone."""
    unrecognised_names_per_address: Limit = limit("20 in 15 min")
    """Where the portal tells; IPv6: per /64."""
    failing_keys_per_account: Limit = limit("20 in 1 h")
    """Activation keys that linked nothing."""
    failing_keys_per_address: Limit = limit("100 in 1 h")
    """The same, over all accounts."""
    requests_per_address: Limit = limit("600 in 1 min")
    """Of any kind."""
