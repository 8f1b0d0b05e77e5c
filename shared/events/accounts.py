"""Facts about accounts. They carry ids, codes and times; people's data is in `ContactChanged`, or sealed."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.base import AwareDatetime, Event
from shared.events.topics import Topic
from shared.ids import AccountId, Language


class AccountEvent(Event):
    topic: ClassVar[Topic] = Topic.ACCOUNTS

    account_id: AccountId

    @property
    def key(self) -> UUID:
        return self.account_id


class AccountOpened(AccountEvent):
    """An account exists: imported from the operator's customer file, opened at the desk, or by its owner (S0.3)."""

    type: ClassVar[str] = "guichet.auth.account_opened.v1"

    opened_at: AwareDatetime
    by: Literal["import", "operator", "customer"]


class PasswordRegenerated(AccountEvent):
    """A new generated password replaces the former one (S1.14).

    `sealed` holds it for the notifier alone (compact JWE). The mail is worth sending until `deliver_until` and shows
    the contact as of `contact_version`; the password itself lasts until `expires_at` (None: until replaced).
    """

    type: ClassVar[str] = "guichet.auth.password_regenerated.v1"

    generation: int
    contact_version: int
    deliver_until: AwareDatetime
    expires_at: AwareDatetime | None
    sealed: str


class ActivationMatchedSeveral(AccountEvent):
    """An activation was asked for an address that stands on several customer files (S1.18): nothing was regenerated.

    The account is the one whose contact tells the address to write to.
    """

    type: ClassVar[str] = "guichet.auth.activation_matched_several.v1"

    contact_version: int
    deliver_until: AwareDatetime


class PasswordChanged(AccountEvent):
    """The person chose a new password, signed in or by a link. It replaces what was generated up to `generation`.

    Worth telling the person until `deliver_until`, at the contact as of `contact_version`.
    """

    type: ClassVar[str] = "guichet.auth.password_changed.v1"

    generation: int
    contact_version: int
    deliver_until: AwareDatetime
    changed_at: AwareDatetime


class PasswordReleasedVerbally(AccountEvent):
    """A fresh password was shown once to a member of staff, to be said to the person (S2.7): it replaces what was
    generated up to `generation`, and opens nothing unless it is used before `use_until`.

    Worth telling the person until `deliver_until` (None: they have no address), at the contact as of `contact_version`.
    The password is nowhere.
    """

    type: ClassVar[str] = "guichet.auth.password_released_verbally.v1"

    generation: int
    contact_version: int
    deliver_until: AwareDatetime | None
    released_at: AwareDatetime
    use_until: AwareDatetime


class CodeRequested(AccountEvent):
    """The person's code is to be mailed (S2.10): to the contact as of `contact_version`, which holds it."""

    type: ClassVar[str] = "guichet.auth.code_requested.v1"

    contact_version: int
    deliver_until: AwareDatetime


class MailboxSharedChanged(AccountEvent):
    """Several people read the account's mailbox, or do so no more (B2). Told for each account at the address.

    What was generated before `generation` opens nothing: flagging ends what was mailed there and not used yet.
    """

    type: ClassVar[str] = "guichet.auth.mailbox_shared_changed.v1"

    shared: bool
    changed_at: AwareDatetime
    generation: int = 0


class AddressChangeRequested(AccountEvent):
    """The person gave another address (B12). It becomes theirs when the token that is mailed there is brought.

    `sealed` holds `address`, `name` and `token` for the notifier alone.
    """

    type: ClassVar[str] = "guichet.auth.address_change_requested.v1"

    deliver_until: AwareDatetime
    language: Language
    sealed: str


class AddressChanged(AccountEvent):
    """The account has another address than before (B12): whoever reads the former one is told.

    `sealed` holds that former `address`, and `name`, for the notifier alone; None: an import, which mails nobody. What
    was generated before `generation` opens nothing: it was mailed to the former address, and not used.
    """

    type: ClassVar[str] = "guichet.auth.address_changed.v1"

    deliver_until: AwareDatetime
    language: Language
    changed_at: AwareDatetime
    sealed: str | None
    generation: int = 0


class RegistrationRequested(AccountEvent):
    """Somebody asks for an account (S0.3). `account_id` is the id it will have; nothing exists before it is confirmed.

    `sealed` holds `address`, `name` and `token` for the notifier alone; there is no contact yet.
    """

    type: ClassVar[str] = "guichet.auth.registration_requested.v1"

    deliver_until: AwareDatetime
    language: Language
    sealed: str


class RegistrationRepeated(AccountEvent):
    """An account was asked for at an address that has one already, the one of `account_id`: its owner is told so.

    `sealed` holds `address` and `name` as the account has them: what a stranger typed is not put before its owner.
    """

    type: ClassVar[str] = "guichet.auth.registration_repeated.v1"

    deliver_until: AwareDatetime
    language: Language
    sealed: str


class ResetRequested(AccountEvent):
    """A link to choose a new password was asked for; the password in force stays until it is used.

    `sealed` holds the link's `token`. The mail goes to the contact as of `contact_version`.
    """

    type: ClassVar[str] = "guichet.auth.reset_requested.v1"

    contact_version: int
    deliver_until: AwareDatetime
    sealed: str


class SessionsEnded(AccountEvent):
    """Tokens issued before `ended_at` are to be refused (sign-out, a new password, closing)."""

    type: ClassVar[str] = "guichet.auth.sessions_ended.v1"

    ended_at: AwareDatetime


class AccountClosed(AccountEvent):
    """The account signs nobody in and gets no mail until it is reopened (B11).

    What was generated before `generation` opens nothing then either.
    """

    type: ClassVar[str] = "guichet.auth.account_closed.v1"

    closed_at: AwareDatetime
    generation: int = 0


class AccountReopened(AccountEvent):
    """A closed account is open again (B11)."""

    type: ClassVar[str] = "guichet.auth.account_reopened.v1"

    reopened_at: AwareDatetime
