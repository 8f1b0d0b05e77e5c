"""Addresses as SMTP takes them. Whatever could end a command, or name a second recipient, is refused."""

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST_LOCAL_PART, LONGEST_ADDRESS = 64, 254  # octets: RFC 5321, 4.5.3.1

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"  # above ASCII: RFC 6531, 3.3
DOT_STRING = re.compile(rf"{ATOM}(\.{ATOM})*")
QUOTED_STRING = re.compile(r'"([\x20-\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"')
LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOMAIN = re.compile(rf"{LABEL}(\.{LABEL})*")


class Unmailable(Exception):
    """No server could be given this address or this content; the text holds neither. `enhanced` as in RFC 3463."""

    def __init__(self, why: str, enhanced: str = "5.1.3") -> None:
        super().__init__(why)
        self.enhanced = enhanced


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address whose domain is in ASCII. `international`: its local part is not, and takes SMTPUTF8 (RFC 6531)."""

    address: str
    international: bool


@lru_cache(maxsize=256)
def own_mailbox(address: str) -> Mailbox:
    """`parse_mailbox` for the few addresses portals send from."""
    return parse_mailbox(address)


def parse_mailbox(address: str) -> Mailbox:
    """Raises Unmailable."""
    local, at, domain = address.rpartition("@")
    if not at or not (DOT_STRING.fullmatch(local) or QUOTED_STRING.fullmatch(local)):
        raise Unmailable("not an address as in RFC 5321: its local part")
    if len(local.encode("utf-8", "surrogatepass")) > LONGEST_LOCAL_PART or len(address) > LONGEST_ADDRESS:
        raise Unmailable("an address longer than RFC 5321 allows")
    if any("\ud800" <= c <= "\udfff" or "\x80" <= c <= "\x9f" for c in local):
        raise Unmailable("an address with characters that are none")
    return Mailbox(f"{local}@{_in_ascii(domain)}", international=not local.isascii())


def _in_ascii(domain: str) -> str:
    """IDNA (RFC 3490): how the name stands in DNS."""
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        raise Unmailable("not a domain name") from None
    if not DOMAIN.fullmatch(ascii_domain):
        raise Unmailable("not a domain name")
    return ascii_domain
