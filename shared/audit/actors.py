"""Who does something, for the audit."""

from typing import Literal, NamedTuple

from shared.clients import ClientAddress
from shared.ids import AccountId


class Actor(NamedTuple):
    """`origin` is a client's address, or the command that was used."""

    kind: Literal["customer", "client", "staff", "operator", "anonymous"]
    id: str
    origin: str


def customer(account_id: AccountId, client: ClientAddress) -> Actor:
    return Actor("customer", str(account_id), client.text)


def anonymous(client: ClientAddress) -> Actor:
    """Somebody who says an account's name and has proved nothing."""
    return Actor("anonymous", "", client.text)


def staff(staff_id: str, client: ClientAddress) -> Actor:
    return Actor("staff", staff_id, client.text)


def operator(command: str) -> Actor:
    """Whoever runs the command on the operator's machine."""
    return Actor("operator", "", command)
