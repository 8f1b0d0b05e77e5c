"""Cookies. All have the prefix `__Host-`: sent back to this very host only, over TLS only (RFC 6265bis, 4.1.3.2).

Browsers count `http://localhost` and the names below it as secure, so the local stack needs no exception.
"""

from typing import Literal

from starlette.responses import Response

SESSION = "__Host-session"
ACCESS = "__Host-access"
BROWSER = "__Host-browser"
CSRF = "__Host-csrf"
LANGUAGE = "__Host-language"


def set_cookie(
    response: Response,
    name: str,
    value: str,
    *,
    max_age: int | None = None,
    same_site: Literal["lax", "strict"] = "lax",
) -> None:
    """`max_age` in seconds; without it the cookie goes when the browser is closed. No script ever reads one."""
    response.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite=same_site)


def clear_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
