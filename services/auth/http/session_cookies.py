"""What a browser keeps of a sign-in."""

from pydantic import SecretStr
from starlette.responses import Response

from services.auth.domain.sessions import AccessToken, SignedIn
from shared.portals import Portal
from shared.web import cookies

BROWSER_REMEMBERED = 365 * 24 * 3600  # seconds


def keep_sign_in(response: Response, portal: Portal, signed_in: SignedIn) -> None:
    keep_session(response, portal, signed_in.session, signed_in.access)
    keep_browser(response, signed_in.browser)


def keep_browser(response: Response, token: SecretStr) -> None:
    """It outlives the session: it spares this browser the limits that strangers can exhaust (S1.17)."""
    cookies.set_cookie(
        response, cookies.BROWSER, token.get_secret_value(), max_age=BROWSER_REMEMBERED, same_site="strict"
    )


def keep_session(response: Response, portal: Portal, session: SecretStr, access: AccessToken) -> None:
    lasts = int(portal.policy.session.absolute.total_seconds())
    cookies.set_cookie(response, cookies.SESSION, session.get_secret_value(), max_age=lasts)
    keep_access(response, access)


def keep_access(response: Response, access: AccessToken) -> None:
    cookies.set_cookie(response, cookies.ACCESS, access.value.get_secret_value(), max_age=access.expires_in)


def forget_sign_in(response: Response) -> None:
    cookies.clear_cookie(response, cookies.SESSION)
    cookies.clear_cookie(response, cookies.ACCESS)
