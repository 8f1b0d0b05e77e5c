"""Access tokens: JWTs of ten minutes that say who calls, verified locally by whoever has auth's public keys.

RFC 9068 (`at+jwt`), RFC 8725: the type, the algorithm (EdDSA alone), audience and issuer are checked, always; the key
is one of our own set, chosen by `kid`, and nothing else in the header is looked at.
"""

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal, get_args

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import GuestProtocol, OKPKey
from pydantic import SecretStr

from shared.errors import DomainError
from shared.ids import new_id
from shared.keys import KeyFile, KeyUnknown

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
ISSUER = "urn:guichet:auth"
DESK = "desk"  # the audience of staff and machines; a customer's is the portal's name
EVERY_PORTAL = "*"
LONGEST = 4096  # characters; ours have some hundreds
AHEAD = 60.0  # seconds the issuer's clock may be before ours

# RFC 9864 would have the header say Ed25519; RFC 9068's readers of today know it as EdDSA, and so it was promised.
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)

Kind = Literal["customer", "client", "staff"]


class TokenNotAccepted(DomainError):
    """The access token is not accepted here, or not any more."""

    code: ClassVar[str] = "token_not_accepted"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a customer (`id` is the account's), a member of staff, or a machine. Scopes are the latter two's."""

    kind: Kind
    id: str
    portals: frozenset[str]
    scopes: frozenset[str]
    issued_at: datetime
    name: str = ""  # of staff: what their pages call them
    role: str = ""

    def may_on(self, portal: str) -> bool:
        return portal in self.portals or EVERY_PORTAL in self.portals


def issue_token(keys: KeyFile, caller: Caller, *, audience: str, lifetime: timedelta) -> SecretStr:
    """A token from `caller.issued_at` on. Raises KeysUnusable where no key is in force."""
    key = keys.newest()
    issued_at = caller.issued_at.timestamp()
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": caller.id,
        "aud": audience,
        "client_id": caller.id if caller.kind == "client" else "guichet",
        "kind": caller.kind,
        "portals": sorted(caller.portals),
        "scope": " ".join(sorted(caller.scopes)),
        "iat": issued_at,  # with its fraction: a session that ended in the same second must outdate it
        "exp": int(issued_at + lifetime.total_seconds()),
        "jti": str(new_id()),
    }
    if caller.kind == "staff":
        claims |= {"name": caller.name, "roles": [caller.role]}  # RFC 9068, section 2.2.3.1
    header = {"alg": ALGORITHM, "kid": key.kid}
    return SecretStr(jwt.encode(header, claims, key, algorithms=[ALGORITHM], default_type=TYPE))


def verify_token(keys: KeyFile, token: str, *, audience: str) -> Caller:
    """Who calls, by a public or private key set. Raises TokenNotAccepted, which never says why."""
    if len(token) > LONGEST:
        raise TokenNotAccepted

    def key_for(signed: GuestProtocol) -> OKPKey:
        return keys.by_id(str(signed.headers().get("kid")))

    try:
        decoded = jwt.decode(token, key_for, algorithms=[ALGORITHM])
        if decoded.header.get("typ") != TYPE:
            raise TokenNotAccepted
        return _caller(decoded.claims, audience, time.time())
    except (JoseError, KeyUnknown, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise TokenNotAccepted from None


def _caller(claims: Mapping[str, Any], audience: str, now: float) -> Caller:
    if claims["iss"] != ISSUER or claims["aud"] != audience or claims["kind"] not in get_args(Kind):
        raise TokenNotAccepted
    if not claims["iat"] - AHEAD <= now < claims["exp"]:
        raise TokenNotAccepted
    return Caller(
        kind=claims["kind"],
        id=claims["sub"],
        portals=frozenset(claims["portals"]),
        scopes=frozenset(claims["scope"].split()),
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        name=str(claims.get("name", "")),
        role=next(iter(claims.get("roles", ())), ""),
    )
