"""Words that pages ask a portal for: one that lacks some is refused before a visitor opens the page they are on."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, nodes

from shared.ids import Language
from shared.portals import Phrase, Portal, Portals
from shared.portals.faults import Fault, PortalFaults
from shared.web.offered_words import is_offered
from shared.web.words import product_words

OWN_TEMPLATES = Path(__file__).parent / "templates"
SYNTAX = Environment(autoescape=True)


class Asked(NamedTuple):
    """How pages ask for a text."""

    values: frozenset[str] = frozenset()  # that each of them gives, to stand in it
    listed: bool = False  # a list, of which there may be none


def require_words(portals: Portals, folder: Path, templates: Path) -> None:
    """For the pages of one service and the frame around them; `folder` holds the portals. Raises PortalFaults."""
    faults = [fault for portal in portals for fault in word_faults(portal, folder / portal.name, [templates])]
    if faults:
        raise PortalFaults(faults)


def word_faults(portal: Portal, folder: Path, templates: Iterable[Path]) -> Iterator[Fault]:
    """Said of the portal's own files: there belongs what the one it extends does not say as it should."""
    asked: dict[str, Asked] = dict(_made_up(portal))
    for each in (OWN_TEMPLATES, *templates):
        asked |= _written_out(each)
    for language in portal.languages:
        for key, how in asked.items():
            for message in _wrong(portal, language, key, how):
                yield Fault(folder / f"texts.{language}.yaml", 1, f"{key} {message}")


def _wrong(portal: Portal, language: Language, key: str, how: Asked) -> Iterator[str]:
    said = portal.texts.find(key, language)
    if said is None:
        if not how.listed and key not in product_words(language) and is_offered(key, portal):
            yield "is missing: a page of this portal says it"
    elif isinstance(said, Phrase) is how.listed:
        yield f"must be {'a list' if how.listed else 'one text'}"
    else:
        phrases = [said] if isinstance(said, Phrase) else said
        for name in sorted(frozenset[str]().union(*(phrase.names for phrase in phrases)) - how.values):
            yield f"cannot say {{{name}}}: its page gives it {', '.join(sorted(how.values)) or 'no values'}"


@cache
def _written_out(templates: Path) -> Mapping[str, Asked]:
    """What templates ask for by a key that stands in them. Those below, of the desk, have the product's words."""
    asked: dict[str, Asked] = {}
    for file in sorted(templates.glob("*.html")):
        for call in SYNTAX.parse(file.read_text("utf-8")).find_all(nodes.Call):
            match call:
                case nodes.Call(node=nodes.Getattr(attr="text" | "lines" as kind), args=[nodes.Const(value=str(key))]):
                    values = frozenset(value.key for value in call.kwargs)
                    asked[key] = Asked(asked.get(key, Asked(values)).values & values, listed=kind == "lines")
    return asked


def _made_up(portal: Portal) -> Iterator[tuple[str, Asked]]:
    """What is asked for by a key that a page puts together."""
    for page in ("help", "privacy"):
        yield f"{page}.title", Asked()
        for topic in portal.texts.parts(f"{page}.topics"):
            yield f"{topic}.title", Asked()
            yield f"{topic}.lines", Asked(frozenset({"contact", "email"}), listed=True)
    names = portal.policy.activation_names
    name = "name" if len(names) > 1 else next(iter(names))
    yield from ((f"activate.{name}{part}", Asked()) for part in ("", "_hint"))
    for page in ("register_confirm", "activate_confirm"):
        for part in ("title", "intro", "token", "token_hint", "password", "submit", "again", "done"):
            yield f"{page}.{part}", Asked()
        yield f"{page}.password_hint", Asked(frozenset({"shortest"}))
    for key in portal.texts:
        if key.startswith(("error.", "fault.")):
            yield key, Asked()
