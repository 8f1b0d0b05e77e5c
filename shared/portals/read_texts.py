"""`texts.<language>.yaml` → `Texts`: all languages say the same things, with the same values in them."""

from collections.abc import Iterator, Mapping
from string import Formatter

from shared.portals.document import Document, Route, Value
from shared.portals.faults import Fault
from shared.portals.layers import Layers
from shared.portals.profile import Profile
from shared.portals.texts import Phrase, Texts

TOGETHER = (  # parts of pages that are shown where a portal has their texts: all of them
    ("announcement.title", "announcement.text"),
    ("guide.title", "guide.lines"),
    ("sign_in.send", "sign_in.reminder", "sign_in.sent", "sign_in.sent_next"),
)

Table = dict[str, Phrase | tuple[Phrase, ...]]


def read_texts(layers: Layers, profile: Profile, faults: list[Fault]) -> Texts:
    """The texts, as far as they are right; what is not is added to `faults`."""
    languages = profile.languages
    documents = {language: layers.document(f"texts.{language}.yaml") for language in languages}
    tables = {language: _table(document, faults) for language, document in documents.items()}
    first = languages[0]
    for language in languages[1:]:
        if documents[language].data and documents[first].data:  # a file that is missing is one fault, not a hundred
            faults += _differences(documents[language], tables[language], documents[first], tables[first])
    texts = Texts(tables)
    faults += _nameless(texts, profile, layers.profile)
    faults += _alone(texts, documents[first])
    return texts


def _nameless(texts: Texts, profile: Profile, document: Document) -> Iterator[Fault]:
    """What the profile has and the texts do not call by a name; each language's own gaps are found apart."""
    for route, key in _named(profile):
        try:
            texts.text(key, profile.languages[0])
        except LookupError:
            name = ".".join(map(str, route))
            yield document.fault(route, f"{name}: each texts.<language>.yaml must call it by {key}, one text")


def _alone(texts: Texts, document: Document) -> Iterator[Fault]:
    """What other texts are shown with, and these are not there."""
    for keys in TOGETHER:
        said = [key for key in keys if key in texts]
        for key in keys:
            if said and key not in said:
                message = f"{said[0]} is shown together with {key}: add that as well"
                yield document.fault(tuple(said[0].split(".")), message)


def _table(document: Document, faults: list[Fault]) -> Table:
    faults += document.faults
    table: Table = {}
    for route, value in _leaves(document.data):
        try:
            table[".".join(map(str, route))] = tuple(map(_phrase, value)) if isinstance(value, list) else _phrase(value)
        except ValueError as error:
            faults.append(document.fault(route, f"{'.'.join(map(str, route))} {error}"))
    return table


def _named(profile: Profile) -> Iterator[tuple[Route, str]]:
    """Where the profile says something that people read, and the key of the text for it."""
    release = profile.policy.verbal_release
    for position, check in enumerate(release.checks if release else ()):
        yield ("policy", "verbal_release", "checks", position), f"verbal_release.checks.{check}"
    if profile.services:
        yield from ((("services",), f"services.{part}") for part in ("title", "intro", "open"))
    for position, service in enumerate(profile.services):
        yield ("services", position), f"services.{service}.title"
        yield ("services", position), f"services.{service}.text"


def _leaves(data: Mapping[str, Value], above: Route = ()) -> Iterator[tuple[Route, Value]]:
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _phrase(value: Value) -> Phrase:
    """Raises ValueError for what is no text, or has more than plain `{name}` in it: no attribute, index or format."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"must be a text, not {value!r}")
    try:
        fields = [field for field in Formatter().parse(value) if field[1] is not None]
    except ValueError as error:
        raise ValueError(f"has a wrong brace ({error}): write {{name}} for a value, {{{{ and }}}} for braces") from None
    if any(not name.isidentifier() or spec or conversion for _, name, spec, conversion in fields if name is not None):
        raise ValueError("may have only plain names in braces, like {name}")
    names = frozenset(name for _, name, _, _ in fields if name is not None)
    return Phrase(value, names) if names else Phrase(value.format())


def _differences(document: Document, table: Table, original: Document, first: Table) -> Iterator[Fault]:
    for key in first.keys() | table.keys():
        route, elsewhere = tuple(key.split(".")), original.file.name
        if key not in table:
            yield document.fault(route, f"{key} is missing; {elsewhere} has: {_shown(first[key])}")
        elif key not in first:
            yield document.fault(route, f"{key} is not in {elsewhere}: remove it here or add it there")
        elif _shape(table[key]) != _shape(first[key]):
            yield document.fault(route, f"{key} must be {_shape(first[key])}, as in {elsewhere}")


def _shown(phrases: Phrase | tuple[Phrase, ...]) -> str:
    return phrases.text if isinstance(phrases, Phrase) else " / ".join(phrase.text for phrase in phrases)


def _shape(phrases: Phrase | tuple[Phrase, ...]) -> str:
    """What must be the same in every language, in words."""
    if isinstance(phrases, Phrase):
        return f"one text with {', '.join(f'{{{name}}}' for name in sorted(phrases.names)) or 'no values'}"
    return f"a list of {len(phrases)}: {'; '.join(map(_shape, phrases))}"
