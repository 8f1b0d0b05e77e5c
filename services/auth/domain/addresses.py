"""E-mail addresses of customer files: what we are ready to write into a mail's header and an SMTP command.

Narrower than RFC 5321: no quoted local parts, no address literals, ASCII only. Nobody's real address is lost by that,
and every trick with a second recipient, a line end or an option of a mail program is.
"""

import re

LONGEST = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
LONGEST_LOCAL = 64  # section 4.5.3.1.1

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def address_fault(address: str) -> str | None:
    """What is wrong with an e-mail address, in words that do not repeat it; None where nothing is."""
    local, at, domain = address.rpartition("@")
    labels = domain.split(".")
    if not at:
        return "has no @"
    if not address.isascii():
        return "has characters other than ASCII"
    if len(address) > LONGEST or len(local) > LONGEST_LOCAL:
        return f"is too long: {LONGEST} characters at most, {LONGEST_LOCAL} before the @"
    if not _LOCAL.fullmatch(local):
        return "has a character before the @ that is not accepted in an address"
    if local.startswith((".", "-")) or local.endswith(".") or ".." in local:
        return "has a dot or hyphen in a place before the @ where none may be"
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return "has no proper domain after the @"
    return None
