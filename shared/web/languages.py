"""Which language to answer in: what was asked for now, then what was chosen before, then what the browser says."""

from collections.abc import Sequence

from shared.ids import Language
from shared.portals.languages import spoken


def choose_language(offered: Sequence[Language], *, asked: str | None, chosen: str | None, accepted: str) -> Language:
    """`asked` is `?lang=`, `chosen` the cookie, `accepted` the header `Accept-Language` (RFC 9110, 12.5.4)."""
    for wish in (asked, chosen, *_by_weight(accepted)):
        if wish and (language := spoken(offered, wish)):
            return language
    return offered[0]


def _by_weight(header: str) -> list[str]:
    weighed: list[tuple[float, str]] = []
    for part in header[:256].split(","):
        tag, _, weight = part.partition(";q=")
        try:
            weighed.append((float(weight or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]
