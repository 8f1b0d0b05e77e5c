"""What a letter is about, and what it says of it in a portal's words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

from pydantic import SecretStr

from services.contracts.domain.contracts import Contract
from shared.ids import Language
from shared.portals import Portal

LINES, ACROSS = 6, 38  # of an address, and characters of each: more does not show in the window (NF Z 10-011)


class AddressTooLong(ValueError):
    """The address does not show whole in the envelope's window."""


@dataclass(frozen=True, slots=True)
class Letter:
    portal: Portal
    contract: Contract
    to: Sequence[str]  # the addressee's lines; none: whoever has the contract, where it is
    key: SecretStr  # as printed
    written: date
    valid_until: date  # the last day on which the key works from morning to night

    @property
    def link(self) -> SecretStr:
        """The portal's page with the key in the fragment, which no browser sends to any server."""
        return SecretStr(f"{self.page}#{self.key.get_secret_value()}")

    @property
    def page(self) -> str:
        return f"{self.portal.url}/contracts/link"

    @property
    def address(self) -> Sequence[str]:
        """The lines that show in the envelope's window. Raises AddressTooLong, UnknownText."""
        lines = [part for line in self.to or self._holder() for part in wrap(line, ACROSS)]
        if len(lines) > LINES:
            raise AddressTooLong
        return lines

    def _holder(self) -> Sequence[str]:
        details = self.contract.details
        first = self.portal.texts.text("letter.addressee", self.portal.languages[0], number=details.number)
        return [first, details.street, f"{details.postal_code} {details.city}".strip()]

    @property
    def said(self) -> Iterator[str]:
        """Every text on the sheet but the key. Raises AddressTooLong, UnknownText."""
        details, contact = self.contract.details, self.portal.contact
        yield from (self.portal.title, self.portal.url, contact.email, *contact.label.values(), *self.address)
        yield from (details.number, details.label, details.street, details.postal_code, details.city)
        for wording in self.wordings:
            yield from wording

    @property
    def wordings(self) -> Sequence["Wording"]:
        return [word(self, language) for language in self.portal.languages]


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter in one language."""

    language: Language
    date: str
    title: str
    intro: str
    contract: str  # the heading of the contract's number, label and place
    key: str  # the heading of the key
    valid: str
    steps: Sequence[str]
    scan: str  # below the QR code
    secret: str
    contact: str

    def __iter__(self) -> Iterator[str]:
        """All it says."""
        yield from (self.date, self.title, self.intro, self.contract, self.key, self.valid, self.scan)
        yield from (*self.steps, self.secret, self.contact)


def word(letter: Letter, language: Language) -> Wording:
    """Raises UnknownText where the portal lacks a text."""
    portal = letter.portal
    texts, contact = portal.texts, portal.contact
    values = {
        "portal": portal.title,
        "page": letter.page.partition("://")[2],
        "contact": contact.label.get(language) or contact.label[portal.languages[0]],
        "email": contact.email,
        "date": long_date(letter, language, letter.valid_until),
    }

    def say(key: str) -> str:
        return texts.text(f"letter.{key}", language, **values)

    return Wording(
        language=language,
        date=long_date(letter, language, letter.written),
        title=say("title"),
        intro=say("intro"),
        contract=say("contract"),
        key=say("key"),
        valid=say("valid"),
        steps=texts.lines("letter.steps", language, **values),
        scan=say("scan"),
        secret=say("secret"),
        contact=say("contact"),
    )


def long_date(letter: Letter, language: Language, day: date) -> str:
    texts = letter.portal.texts
    number = texts.text("letter.first_day", language) if day.day == 1 else str(day.day)
    month = texts.lines("letter.months", language)[day.month - 1]
    return texts.text("letter.date", language, day=number, month=month, year=day.year)
