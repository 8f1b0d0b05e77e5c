"""What a detail may be that people are shown: for the desk's forms and the operator's files alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from shared.characters import pretends
from shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class DetailFault:
    """What is wrong with one field; `field` is named as in the import file, and nobody's data is repeated."""

    field: str
    code: str
    message: str


class DetailsNotAcceptable(DomainError):
    """Some details are not as they must be."""

    code: ClassVar[str] = "fields_invalid"

    def __init__(self, faults: Sequence[DetailFault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


def text_faults(field: str, text: str, longest: int) -> Iterator[DetailFault]:
    """`longest` in characters."""
    if any(map(pretends, text)):
        yield DetailFault(field, "character_not_accepted", "has a line end, or a character that cannot be seen")
    if len(text) > longest:
        yield DetailFault(field, "too_long", f"has more than {longest} characters")
