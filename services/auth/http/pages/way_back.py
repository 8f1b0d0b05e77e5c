"""`next`: where somebody wanted to go before they were asked to sign in."""

import re

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
