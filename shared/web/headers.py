"""Headers every answer carries (ASVS 5.0, 3.4), so that no route can forget one."""

from collections.abc import Iterable

Header = tuple[bytes, bytes]

# No inline script or style, nothing from elsewhere; scripts of ours may only add to what works without them.
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_ALWAYS: tuple[Header, ...] = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": _CONTENT_SECURITY_POLICY,
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
        # not "no-referrer": with it a browser sends `Origin: null` with our own forms (Fetch, 3.2)
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }.items()
)
_NO_STORE: Header = (b"cache-control", b"no-store")


def secured(headers: Iterable[Header]) -> list[Header]:
    """Nothing is kept by browsers or proxies unless the route says that it may be: most pages are personal."""
    own = list(headers)
    if not any(name == b"cache-control" for name, _ in own):
        own.append(_NO_STORE)
    return own + list(_ALWAYS)
