"""`next`: where somebody wanted to go before they were asked to sign in."""

import re
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from services.auth.http.pages.member_route import CHOOSE_PASSWORD

WayBack = Annotated[str | None, Query(alias="next")]

# A path of this host and nothing that a browser could read otherwise: `//host` and `/\\host` name another host, and so
# may what is left when a browser has dropped tabs and line ends.
OWN_PATH = re.compile(r"/(?:[\w.~!$&'()*+,;=:@%?-][\w.~!$&'()*+,;=:@%?/-]*)?", re.ASCII)
LONGEST = 1024
SIGNING = re.compile(r"/sign-(in|out)\b")  # leads nowhere, or round in a circle


def way_back(wanted: str | None) -> str | None:
    """The path that is asked for with its query; None where it is none of ours to lead to."""
    if not wanted or len(wanted) > LONGEST or not OWN_PATH.fullmatch(wanted) or SIGNING.match(wanted):
        return None
    return wanted


def renewed(path: str) -> str:
    """Says to the page that its visitor comes with a fresh access token: one it refuses all the same is refused."""
    return f"{path}{'&' if '?' in path else '?'}renewed=1"


def choosing_first(path: str | None) -> str:
    """Where whoever came in by a temporary password goes, to be led to `path` from there."""
    return f"{CHOOSE_PASSWORD}?{urlencode({'next': path})}" if path else CHOOSE_PASSWORD
