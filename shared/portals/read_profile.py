"""`portal.yaml` → `Profile`."""

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
    for language in profile.languages if profile else ():
        if profile and language not in profile.contact.label:
            message = f"contact.label has no text in {language!r}, one of the portal's languages"
            faults.append(document.fault(("contact", "label"), message))
    return profile
