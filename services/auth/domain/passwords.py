"""Generated passwords: « Le Mot-de-passe sera toujours sur 9 caractères » (S1.10)."""

import secrets
import string

from services.auth.domain.names import forgiven

SIGNS = "*+-=?#%@"
UNMISTAKABLE = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1Il")))
ALPHABET = UNMISTAKABLE + SIGNS
CLASSES = (string.ascii_uppercase, string.ascii_lowercase, string.digits, SIGNS)


def generate_password(length: int = 9) -> str:
    """A fresh password of `length` of 65 characters with at least one of each class: 53 bits when it has 9.

    Every such password is equally likely: draws that lack a class are thrown away whole (about every second one),
    for to put the missing one in its place would make some passwords likelier than others.
    """
    while True:
        password = "".join(secrets.choice(ALPHABET) for _ in range(length))
        if has_every_class(password):
            return password


def has_every_class(password: str) -> bool:
    return all(any(character in characters for character in password) for characters in CLASSES)


def as_typed(password: str) -> bytes:
    """What is hashed for a password as someone typed or copied it (S1.16: blanks around it are forgiven, case counts).

    NFC, so that an accent typed on one keyboard is the same on another (RFC 8265, section 4.2).
    """
    return forgiven(password).encode()
