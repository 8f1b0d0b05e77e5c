"""A mail tried before use (B8): it renders, holds its notes, shows what it must, and no value becomes markup."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Template

from shared.ids import Language
from shared.portals.faults import Fault
from shared.portals.kinds import OF_THE_PORTAL
from shared.portals.mails import MailTemplate
from shared.portals.policy import Part

HOSTILE = "\"'><script src=x>alert(1)</script></b></p><!--&lt;{{7*7}}"
INLINE = frozenset({"a", "b", "code", "em", "i", "span", "strong"})


class Entry(Part):
    """What the manifest says of one mail."""

    variables: frozenset[str]  # what its templates may use
    must_show: frozenset[str] = frozenset()  # what every version shows
    notes: Mapping[Language, tuple[str, ...]] = {}  # sentences that every version in a language holds, word for word


class Reading(HTMLParser):
    """HTML as a person gets it: the words; and what it is built of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.tags: list[str] = []
        self.attributes = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(" ".join([tag, *(name for name, _ in attrs)]))
        self.attributes += "".join(f" {value}" for _, value in attrs)
        self._apart(tag)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")
        self._apart(tag)

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")

    def _apart(self, tag: str) -> None:
        self.words += "" if tag in INLINE else "\n"


def check_mail(
    template: MailTemplate, entry: Entry, language: Language, in_links: frozenset[str] = frozenset()
) -> Iterator[Fault]:
    """The faults of one mail in one language. Values `in_links` may stand in an attribute."""
    file, html_file = _file(template.text), _file(template.html)
    sample = {name: f"sample-{name}-end" for name in entry.variables}
    hostile = {name: value if name in OF_THE_PORTAL else value + HOSTILE for name, value in sample.items()}
    try:
        whole = template.render(sample)
        bare = template.render({name: sample[name] for name in entry.must_show})
        attacked = template.render(hostile)
    except Exception as error:  # a template may fail in any way it likes
        yield Fault(file, 1, f"this mail cannot be rendered: {type(error).__name__}: {error}")
        return

    harmless = _read(whole.html)
    for text, reading in ((whole.text, harmless), (bare.text, _read(bare.html))):
        yield from _lacking(file, text, entry, language, sample)
        yield from _lacking(html_file, reading.words, entry, language, sample)
    from_people = {name: value for name, value in sample.items() if name not in OF_THE_PORTAL | in_links}
    yield from _unsafe(html_file, harmless, _read(attacked.html), from_people)


@lru_cache(maxsize=512)  # a portal that extends another has most mails of it, and tries them as they were tried there
def _read(html: str) -> Reading:
    return Reading(html)


def _lacking(file: Path, said: str, entry: Entry, language: Language, sample: Mapping[str, str]) -> Iterator[Fault]:
    words = _spaced(said)
    for note in entry.notes.get(language, ()):
        if _spaced(note) not in words:
            yield Fault(file, 1, f"lacks the mandatory note « {note} »")
    for name in entry.must_show:
        if sample[name] not in words:
            yield Fault(file, 1, f"does not show {{{{ {name} }}}}, which it must")


def _unsafe(file: Path, harmless: Reading, attacked: Reading, from_people: Mapping[str, str]) -> Iterator[Fault]:
    if harmless.tags != attacked.tags:
        yield Fault(file, 1, "lets a value become markup: no `safe` filter, and a value only where text stands")
    for name, value in from_people.items():
        if value in harmless.attributes:
            yield Fault(file, 1, f"has {{{{ {name} }}}} in an attribute: what people choose may stand only in text")


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _file(template: Template) -> Path:
    return Path(template.filename or "")
