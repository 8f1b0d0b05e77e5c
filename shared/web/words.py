"""Words for pages and problems: the portal's own where it has them, the product's where it does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from shared.errors import DomainError
from shared.ids import Language
from shared.portals.profile import Portal
from shared.web.errors import FieldFault

FOLDER = Path(__file__).parent / "texts"
LAST_RESORT = Language("en")  # what the product says to a portal whose language it does not have


@dataclass(frozen=True, slots=True)
class Words:
    """What to say, to whom. No portal: on the desk's host, or before a host was recognised."""

    portal: Portal | None
    language: Language

    def __contains__(self, key: str) -> bool:
        return self._portals_own(key) or key in product_words(self.language)

    def text(self, key: str, /, **values: object) -> str:
        """Raises KeyError for a text that neither the portal nor the product has."""
        if self.portal is not None and self._portals_own(key):
            return self.portal.texts.text(key, self.language, **values)
        return product_words(self.language)[key].format_map(values)

    def known(self, key: str, otherwise: str) -> str:
        """For codes that may be of another version: the text where there is one."""
        return self.text(key) if key in self else otherwise

    def lines(self, key: str, /, **values: object) -> tuple[str, ...]:
        """A list of the portal's; none where it has no such list."""
        return self.portal.texts.lines(key, self.language, **values) if self.portal and key in self.portal.texts else ()

    def parts(self, key: str) -> tuple[str, ...]:
        """The keys of a page's sections, in the portal's order."""
        return self.portal.texts.parts(key) if self.portal else ()

    def problem(self, error: DomainError) -> str:
        """What an error says: `error.<code>`, or the error's own English where nobody has put it into words.

        What customers are told of their own, the desk is told of a customer: `desk.error.<code>`, where there is one.
        """
        at_desk = f"desk.error.{error.code}"
        if self.portal is None and at_desk in self:
            return self.text(at_desk)
        key = f"error.{error.code}"
        return self.text(key) if key in self else str(error)

    def fault(self, fault: FieldFault) -> str:
        """What is wrong with a field: what is said of this very field, or of any, or of the whole request that failed
        for it; else the fault's own English."""
        for key in (f"fault.{fault.field}.{fault.code}", f"fault.{fault.code}", f"error.{fault.code}"):
            if key in self:
                return self.text(key)
        return fault.message

    def _portals_own(self, key: str) -> bool:
        return self.portal is not None and key in self.portal.texts

    @property
    def contact(self) -> str:
        """Whom customers are sent to: « Service IT »."""
        return self.portal.contact.label[self.language] if self.portal else ""


def language_name(language: Language) -> str:
    """A language as it calls itself."""
    return product_words(language)["language.name"] if _file(language).exists() else language


def _file(language: Language) -> Path:
    """The product's words of a language, wherever it is spoken."""
    return FOLDER / f"{language.partition('-')[0]}.yaml"


@cache
def product_words(language: Language) -> dict[str, str]:
    file = _file(language)
    if not file.exists():
        return product_words(LAST_RESORT)
    return {key: text for each in (file, *sorted(FOLDER.glob(f"desk/*.{file.name}"))) for key, text in _read(each)}


def _read(file: Path) -> Iterator[tuple[str, str]]:
    with file.open(encoding="utf-8") as opened:
        yield from _flat("", YAML(typ="safe").load(opened))


def _flat(prefix: str, texts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, text in texts.items():
        if isinstance(text, Mapping):
            yield from _flat(f"{prefix}{name}.", text)
        else:
            yield prefix + name, text
