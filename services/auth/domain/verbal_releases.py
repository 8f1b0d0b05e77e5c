"""A password said on the telephone (S2.7, B3): only to whom the portal's checks have shown to be the person."""

from collections.abc import Collection

from services.auth.domain.errors import ChecksIncomplete
from shared.details import DetailFault, DetailsNotAcceptable
from shared.portals.policy import VerbalRelease


def require_checks(release: VerbalRelease, made: Collection[str]) -> None:
    """Raises DetailsNotAcceptable for what is no check of this portal, ChecksIncomplete where one was not made."""
    unknown = [
        DetailFault(
            f"checks/{place}", "check_unknown", f"is no check of this portal; it has {', '.join(release.checks)}"
        )
        for place, check in enumerate(made)
        if check not in release.checks
    ]
    if unknown:
        raise DetailsNotAcceptable(unknown)
    if missing := [check for check in release.checks if check not in made]:
        raise ChecksIncomplete(missing)
