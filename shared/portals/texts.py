"""A portal's words, by key and language: `activate.title`, `error.account_not_recognised`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.ids import Language


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text; `{name}` stands in it for each of `names`."""

    text: str
    names: frozenset[str] = frozenset()

    def say(self, values: Mapping[str, object]) -> str:
        return self.text.format_map(values) if self.names else self.text


class UnknownText(LookupError):
    """No text, or no list of texts, has this key."""


class Texts:
    """All texts of a portal; every language has the same keys, which was checked when it was loaded."""

    def __init__(self, languages: Mapping[Language, Mapping[str, Phrase | tuple[Phrase, ...]]]) -> None:
        self._languages = languages
        self._first = next(iter(languages.values()))

    def __contains__(self, key: str) -> bool:
        return key in self._first

    def __len__(self) -> int:
        return len(self._first)

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)

    def find(self, key: str, language: Language) -> Phrase | tuple[Phrase, ...] | None:
        """What stands there, before any values are put in."""
        return self._languages.get(language, self._first).get(key)

    def text(self, key: str, language: Language, /, **values: object) -> str:
        """The text of `key` with `values` put in as they are: escaping is the page's.

        A language the portal does not speak falls back to its first. Raises UnknownText; KeyError for a missing value.
        """
        phrase = self._find(key, language)
        if not isinstance(phrase, Phrase):
            raise UnknownText(f"{key} is a list: ask for its lines")
        return phrase.say(values)

    def lines(self, key: str, language: Language, /, **values: object) -> tuple[str, ...]:
        """The texts of a list, in its order. Raises as `text` does."""
        phrases = self._find(key, language)
        if isinstance(phrases, Phrase):
            raise UnknownText(f"{key} is one text, not a list")
        return tuple(phrase.say(values) for phrase in phrases)

    def parts(self, key: str) -> tuple[str, ...]:
        """The keys of the groups below `key`, in the order the first language gives them: a page's sections."""
        below = f"{key}."
        names = (known[len(below) :].partition(".")[0] for known in self._first if known.startswith(below))
        return tuple(dict.fromkeys(below + name for name in names))

    def _find(self, key: str, language: Language) -> Phrase | tuple[Phrase, ...]:
        found = self.find(key, language)
        if found is None:
            raise UnknownText(key)
        return found
