"""Portals are data: a folder with `portal.yaml`, `texts.<language>.yaml` and `mails/` is one; no code knows its name.

`load_portals(folder)` reads and checks them all; `Portals.by_host` and `by_name` find one. A portal that says
`extends: ../other` is that other portal except for what its own files say: an installation's hosts, sender or limits.
"""

from shared.portals.durations import Limit
from shared.portals.faults import Fault, PortalFaults
from shared.portals.loader import load_portals
from shared.portals.mails import Mails, RenderedMail
from shared.portals.policy import ActivationKeyPolicy, IdentifierRule, Limits, PasswordPolicy, Policy, SessionPolicy
from shared.portals.profile import Portal
from shared.portals.registry import Portals, UnknownHost, UnknownPortal
from shared.portals.texts import Phrase, Texts

__all__ = [
    "ActivationKeyPolicy",
    "Fault",
    "IdentifierRule",
    "Limit",
    "Limits",
    "Mails",
    "PasswordPolicy",
    "Phrase",
    "Policy",
    "Portal",
    "PortalFaults",
    "Portals",
    "RenderedMail",
    "SessionPolicy",
    "Texts",
    "UnknownHost",
    "UnknownPortal",
    "load_portals",
]
