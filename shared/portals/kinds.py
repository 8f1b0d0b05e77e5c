"""The mails Guichet can send: what each is given. A portal's templates use it or not; nothing else is to be had."""

from typing import NamedTuple

OF_THE_PORTAL = frozenset({"portal", "url", "contact", "contact_email"})  # filled in from the profile, for every mail


class Kind(NamedTuple):
    given: frozenset[str]
    secret: frozenset[str] = (
        frozenset()
    )  # only ever in the body: a subject is shown on locked screens and logged by servers

    @property
    def variables(self) -> frozenset[str]:
        return self.given | OF_THE_PORTAL


KINDS = {
    "password_regenerated": Kind(
        frozenset({"title", "name", "identifier", "password"}), secret=frozenset({"password"})
    ),
    "activation_matched_several": Kind(frozenset({"title", "name"})),
}
