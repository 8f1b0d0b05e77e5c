"""Requests that another site makes a person's browser send (CSRF): refused by where they say they come from."""

from urllib.parse import urlsplit

from starlette.requests import Request

from shared.web.errors import CrossSiteRequest

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_cross_site(request: Request) -> None:
    """Raises CrossSiteRequest.

    Browsers say it themselves and no script can change it: `Sec-Fetch-Site` (Fetch Metadata), or `Origin` in those too
    old for that. A program sends neither and has no cookies that somebody else could use.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise CrossSiteRequest
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) != request.headers["host"].lower():
        raise CrossSiteRequest


def _host_of(origin: str) -> str | None:
    """With its port; None where the text is no address at all."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
