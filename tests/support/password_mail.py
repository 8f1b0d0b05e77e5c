"""The mail a customer waits for, read as they read it."""

import re
from dataclasses import dataclass

from deploy.local.caught import Caught

IDENTIFIER = re.compile(r"^(?:Votre identifiant CLIENT est|Your CUSTOMER identifier is): (\S+)$", re.MULTILINE)
PASSWORD = re.compile(r"^(?:Votre mot-de-passe est|Your password is): (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PasswordMail:
    identifier: str
    password: str
    caught: Caught

    @property
    def id(self) -> str:
        return str(self.caught.message["Message-ID"])


def holds_password(caught: Caught) -> bool:
    return PASSWORD.search(caught.text) is not None


def read_password_mail(caught: Caught) -> PasswordMail:
    """Fails where it is another mail: exactly one identifier and one password, in the text and in the HTML."""
    (identifier,), (password,) = IDENTIFIER.findall(caught.text), PASSWORD.findall(caught.text)
    return PasswordMail(identifier, password, caught)
