"""Mails in a portal's words: rendered from its templates, in a sandbox, with every value made harmless."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from jinja2 import StrictUndefined, Template, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.characters import pretends
from shared.ids import Language
from shared.portals.mail_layout import Layout

PLAIN = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
)
HTML = PLAIN.overlay(autoescape=True)


class UnknownMail(LookupError):
    """The portal has no templates for this mail."""


class MissingVariable(LookupError):
    """A mail cannot be rendered without this value."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """One mail, ready to be put into MIME; the subject is one line. A repr shows no body: it may hold a password."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """One mail in one language; `html` is what stands inside the layout.

    `defaults` are the portal's own values, and an empty one for what may be missing.
    """

    subject: Template
    text: Template
    html: Template
    layout: Layout
    defaults: Mapping[str, str]

    def render(self, values: Mapping[str, str]) -> RenderedMail:
        """Raises MissingVariable."""
        given = {**self.defaults, **{name: harmless(value) for name, value in values.items()}}
        try:
            subject = self.subject.render(given).strip()
            return RenderedMail(subject, self.text.render(given), self.layout.around(subject, self.html.render(given)))
        except UndefinedError as error:
            raise MissingVariable(error.message) from None


class Mails:
    """All mails of a portal. Templates are compiled once, when the portal is loaded."""

    def __init__(self, templates: Mapping[str, Mapping[Language, MailTemplate]], first: Language) -> None:
        self._templates = templates
        self._first = first

    def __contains__(self, mail: str) -> bool:
        return mail in self._templates

    def __iter__(self) -> Iterator[str]:
        return iter(self._templates)

    def render(self, mail: str, language: Language, values: Mapping[str, str]) -> RenderedMail:
        """`mail` in `language`, or in the portal's first one. Raises UnknownMail, MissingVariable."""
        try:
            languages = self._templates[mail]
        except KeyError:
            raise UnknownMail(f"no mail is named {mail}; there are {', '.join(self._templates)}") from None
        return (languages.get(language) or languages[self._first]).render(values)


def harmless(value: str) -> str:
    """`value` on one line, all of it to be seen: each run of line ends and other pretenders becomes a blank."""
    if value.isprintable():  # as nearly all are
        return value
    return "".join(" " if pretending else "".join(run) for pretending, run in groupby(value, pretends))
