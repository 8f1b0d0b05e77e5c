"""Who does something, for the audit."""

from typing import Literal, NamedTuple

from shared.clients import ClientAddress
from shared.ids import AccountId


class Actor(NamedTuple):
    """`origin` is a client's address, or the command that was used; `name` what colleagues call one of the staff, which
    the audit never keeps."""

    kind: Literal["customer", "client", "staff", "operator", "anonymous"]
    id: str
    origin: str
    name: str = ""

    @property
    def said(self) -> str:
        """`staff 0192f0c1-…`: kind and id, in one word where there is no id."""
        return f"{self.kind} {self.id}".strip()


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
