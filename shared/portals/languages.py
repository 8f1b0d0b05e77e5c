"""Which of a portal's languages somebody understands."""

from collections.abc import Sequence

from shared.ids import Language


def spoken(offered: Sequence[Language], wanted: str) -> Language | None:
    """The one that was asked for; else the same as it is spoken elsewhere: fr for fr-CA, and fr-CA for fr (BCP 47)."""
    exact = wanted.lower()
    main = exact.partition("-")[0]
    return next(
        (language for language in offered if language.lower() == exact),
        next((language for language in offered if language.partition("-")[0] == main), None),
    )
