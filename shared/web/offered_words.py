"""Which of the words that pages ask for a portal needs, by what it offers."""

import re
from collections.abc import Callable, Mapping

from shared.portals import Portal

OFFERED: Mapping[str, Callable[[Portal], bool]] = {
    r"register(_confirm)?\.|\w+\.register": lambda portal: portal.policy.accounts_opened_by == "customer",
    r"(contracts|link)\.|services\.(link|switch)": lambda portal: portal.policy.linking,
    r"services\.open": lambda portal: bool(portal.services),
    r"services\.": lambda portal: portal.policy.linking or bool(portal.services),
    r"activate_confirm\.": lambda portal: portal.policy.activation == "reset_link",
    r"password\.|account\.change_password": lambda portal: portal.policy.online_change,
    # a text that a portal has is what offers the others
    r"sign_in\.(sent|sent_next|reminder|send)": lambda portal: "sign_in.send" in portal.texts,
    r"sign_in\.(client|hints)": lambda portal: False,
    r"announcement\.": lambda portal: "announcement.text" in portal.texts,
    r"guide\.": lambda portal: "guide.lines" in portal.texts,
}


def is_offered(key: str, portal: Portal) -> bool:
    """Whether the portal has the page that asks for it, or that part of a page."""
    return next((offers(portal) for keys, offers in OFFERED.items() if re.match(keys, key)), True)
