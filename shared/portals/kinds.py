"""The mails Guichet can send: what each is given. A portal's templates use it or not; nothing else is to be had."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from shared.portals.policy import Policy

OF_THE_PORTAL = frozenset({"portal", "url", "contact", "contact_email"})  # filled in from the profile, for every mail


class Kind(NamedTuple):
    given: Mapping[str, str]  # each variable, with a sample for previews
    secret: frozenset[str] = (
        frozenset()
    )  # only ever in the body: a subject is shown on locked screens and logged by servers
    in_links: frozenset[str] = frozenset()  # made by Guichet of letters and digits: may stand in an attribute

    @property
    def variables(self) -> frozenset[str]:
        return OF_THE_PORTAL.union(self.given)


PERSON = {"title": "M.", "name": "Camille Exemple"}  # either may be empty: the customer file need not have it
NAME = {"name": "Camille Exemple"}  # as typed by whoever asks for an account
CODE = {"identifier": "9999999999"}
CONTRACT = {"number": "23-004512", "label": "Maison des Étangs"}
TOKEN = {"token": "mv4xe2lomzqxg5dpozs3tqay2e"}

KINDS = {
    "password_regenerated": Kind(given=PERSON | CODE | {"password": "fG69a*6jH"}, secret=frozenset({"password"})),
    "activation_matched_several": Kind(given=PERSON),
    "reset_requested": Kind(given=PERSON | TOKEN, secret=frozenset(TOKEN), in_links=frozenset(TOKEN)),
    "password_changed": Kind(given=PERSON),
    "password_released_verbally": Kind(given=PERSON),
    "code_requested": Kind(given=PERSON | CODE, secret=frozenset(CODE)),
    "address_change_requested": Kind(given=NAME | TOKEN, secret=frozenset(TOKEN), in_links=frozenset(TOKEN)),
    "address_changed": Kind(given=NAME),
    "registration_requested": Kind(given=NAME | TOKEN, secret=frozenset(TOKEN), in_links=frozenset(TOKEN)),
    "registration_repeated": Kind(given=NAME),
    "contract_linked": Kind(given=PERSON | CONTRACT, secret=frozenset(CONTRACT)),
    "contract_unlinked": Kind(given=PERSON | CONTRACT, secret=frozenset(CONTRACT)),
}


def needed(policy: Policy) -> frozenset[str]:
    """The mails a portal of this policy sends. It may have more, for an installation that decides otherwise."""
    return frozenset(_needed(policy))


def _needed(policy: Policy) -> Iterator[str]:
    yield "reset_requested" if policy.activation == "reset_link" else "password_regenerated"
    yield "activation_matched_several"  # by e-mail a program may ask anywhere, whatever the page asks for
    if policy.activation == "reset_link" or policy.online_change:
        yield "password_changed"
    if policy.verbal_release is not None:
        yield "password_released_verbally"
    if policy.mails_codes:
        yield "code_requested"
    if "address" in policy.own_changes:
        yield "address_change_requested"
    yield "address_changed"
    if policy.accounts_opened_by == "customer":
        yield from ("registration_requested", "registration_repeated")
    if policy.linking:
        yield from ("contract_linked", "contract_unlinked")
