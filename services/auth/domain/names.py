"""Names as people submit them: copied with blanks around them, typed in another Unicode form, or not names at all."""

import string
import unicodedata
from dataclasses import dataclass
from typing import Literal

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # blanks to a mail program that Unicode does not count as white space
SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def forgiven(text: str) -> str:
    """`text` in NFC without white space around it (S1.16): line ends and non-breaking blanks too, inner blanks kept.

    Total: what UTF-8 or PostgreSQL cannot hold becomes U+FFFD, which is in no name and no password of ours.
    """
    encodable = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("\0", "\ufffd")
    composed = unicodedata.normalize("NFC", encodable)
    while (stripped := composed.strip().strip(INVISIBLE)) != composed:
        composed = stripped
    return composed


def folded(address: str) -> str:
    """The form in which e-mail addresses are compared: the case of ASCII letters does not matter, all else does.

    Other letters have no business in an address of ours; folded by Unicode's rules, some would turn into ASCII ones.
    """
    return address.translate(SMALL)


@dataclass(frozen=True, slots=True)
class SubmittedName:
    """What someone says an account is called: its e-mail address, or its code (the identifier, as people call it)."""

    kind: Literal["email", "code"]
    text: str

    @property
    def sought(self) -> str:
        """The form in which it is looked for and counted, whether such an account exists or not."""
        return folded(forgiven(self.text)) if self.kind == "email" else forgiven(self.text)
