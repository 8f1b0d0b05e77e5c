"""Who is signed in at auth, as far as contracts needs to know them."""

from dataclasses import dataclass

from shared.ids import AccountId, Language

EVERYTHING = "account"  # what a customer's token is good for; one after a temporary password is not


@dataclass(frozen=True, slots=True)
class Customer:
    """`name` is empty until auth's fact about the account has arrived."""

    account_id: AccountId
    name: str
    language: Language
    active_contract: str | None  # its title
