"""`portal.yaml` → `Profile`."""

from collections.abc import Iterator

from shared.portals.contradictions import contradictions
from shared.portals.document import Document
from shared.portals.faults import Fault
from shared.portals.profile import Profile
from shared.portals.validation import validated

DESK = "desk"  # where a portal's name stands for who is asked, this is the operator's own


def read_profile(name: str, document: Document, faults: list[Fault]) -> Profile | None:
    """The profile, or None after its faults were added to `faults`."""
    faults += document.faults
    if name == DESK:
        faults.append(document.fault((), f"the folder cannot be called {DESK}: that is the desk's own name"))
    if not document.data:
        return None
    profile = validated(Profile, document.data, document, faults, name=name)
    if profile:
        faults += _unsaid(profile, document)
        faults += _contradictory(profile, document)
    return profile


def _unsaid(profile: Profile, document: Document) -> Iterator[Fault]:
    for language in profile.languages:
        if language not in profile.contact.label:
            message = f"contact.label has no text in {language!r}, one of the portal's languages"
            yield document.fault(("contact", "label"), message)


def _contradictory(profile: Profile, document: Document) -> Iterator[Fault]:
    for keys, message in contradictions(profile):
        key = document.nearest(keys)
        yield document.fault(key, f"{'.'.join(map(str, key))}: {message}")
