"""A page as someone without a script sees it: its words, its links and its one form."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

SILENT = {"script", "style", "title"}
INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong"}  # what does not part words


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Page:
    """`text` has one blank where the source has any white space; `links` leads from a link's words to its address."""

    status: int
    title: str
    text: str
    links: dict[str, str]
    headings: list[str]
    buttons: list[str]
    fields: list[Field]
    language: str

    @property
    def inputs(self) -> list[Field]:
        """What a person is asked for."""
        return [field for field in self.fields if field.kind != "hidden"]

    def hidden(self, name: str) -> str:
        return next(field.value for field in self.fields if field.name == name and field.kind == "hidden")


def read_page(html: str, status: int) -> Page:
    reader = _Reader()
    reader.feed(html)
    words = {
        kind: [_words(text) for name, text in reader.said if name == kind] for kind in ("title", "button", "label")
    }
    return Page(
        status=status,
        title=" ".join(words["title"]),
        text=_words("".join(reader.text)),
        links={_words(text): address for text, address in reader.links},
        headings=[_words(text) for name, text in reader.said if re.fullmatch("h[1-3]", name)],
        buttons=words["button"],
        fields=[
            Field(found.get("name", ""), found.get("type", "text"), found.get("value", ""), reader.label(found))
            for found in reader.inputs
        ],
        language=reader.language,
    )


def _words(text: str) -> str:
    return re.sub(r"[ \n\t\r]+", " ", text).strip()


@dataclass
class _Reader(HTMLParser):
    text: list[str] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)  # of elements that were closed: name and words
    links: list[tuple[str, str]] = field(default_factory=list)
    inputs: list[dict[str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    language: str = ""
    _open: list[tuple[str, dict[str, str], list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def label(self, found: dict[str, str]) -> str:
        return self.labels.get(found.get("id", ""), "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._part(tag)
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "input":
            self.inputs.append(given)
        if tag in {"a", "button", "label", "title", "h1", "h2", "h3"} | SILENT:
            self._open.append((tag, given, []))

    def handle_data(self, data: str) -> None:
        if not any(tag in SILENT for tag, _, _ in self._open):
            self.text.append(data)
        for _, _, words in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)
        if not self._open or self._open[-1][0] != tag:
            return
        _, given, words = self._open.pop()
        said = "".join(words)
        self.said.append((tag, said))
        if tag == "a":
            self.links.append((said, given.get("href", "")))
        if tag == "label":
            self.labels[given.get("for", "")] = _words(said)

    def _part(self, tag: str) -> None:
        if tag not in INLINE:
            self.text.append(" ")
