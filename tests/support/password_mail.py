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


def password_in(text: str) -> str:
    """Fails where there is not exactly one."""
    (password,) = PASSWORD.findall(text.replace("\r\n", "\n"))
    return str(password)


def read_password_mail(caught: Caught) -> PasswordMail:
    """Fails where it is another mail: exactly one identifier and one password."""
    (identifier,) = IDENTIFIER.findall(caught.text)
    return PasswordMail(identifier, password_in(caught.text), caught)
