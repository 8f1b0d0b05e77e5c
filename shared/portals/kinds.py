"""The mails Guichet can send: what each is given. A portal's templates use it or not; nothing else is to be had."""

from collections.abc import Mapping
from typing import NamedTuple

OF_THE_PORTAL = frozenset({"portal", "url", "contact", "contact_email"})  # filled in from the profile, for every mail


class Kind(NamedTuple):
    given: Mapping[str, str]  # each variable, with a sample for previews
    secret: frozenset[str] = (
        frozenset()
    )  # only ever in the body: a subject is shown on locked screens and logged by servers

    @property
    def variables(self) -> frozenset[str]:
        return OF_THE_PORTAL.union(self.given)


PERSON = {"title": "M.", "name": "Camille Exemple"}  # either may be empty: the customer file need not have it

KINDS = {
    "password_regenerated": Kind(
        given={**PERSON, "identifier": "9999999999", "password": "fG69a*6jH"}, secret=frozenset({"password"})
    ),
    "activation_matched_several": Kind(given=PERSON),
}
