"""What people change of their details themselves: their language, and their address (B12)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.auth.handlers.change_language import ChangeLanguage, change_language
from services.auth.handlers.confirm_address import ConfirmAddress, confirm_address
from services.auth.handlers.request_address import RequestAddress, request_address
from services.auth.http.activations import Accepted, MailedToken, accepted, confirmed
from services.auth.http.current import CurrentDeps, CurrentMemberId
from services.auth.http.sessions import Password
from shared import faults
from shared.web.models import Body, Line
from shared.web.openapi import BY_SESSION_OR_TOKEN
from shared.web.repeats import CurrentClaim, once
from shared.web.routes import PortalRoute
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=PortalRoute, tags=["customer"])


class LanguageChange(Body):
    language: Annotated[str, Field(max_length=16, description="One of the portal's.")]


class AddressRequest(Body):
    email: Line = Field(description="The new one; it is the account's once it is confirmed.")
    current: Password = Field(description="The password in force.")


class AddressConfirmation(Body):
    token: MailedToken


@router.put("/api/v1/me/language", status_code=204, openapi_extra=BY_SESSION_OR_TOKEN)
async def put_language(
    body: LanguageChange, portal: CurrentPortal, account_id: CurrentMemberId, client: CurrentClient, deps: CurrentDeps
) -> None:
    """The language of mails and pages from now on; 403 `change_not_offered` where the portal does not let people."""
    await change_language(deps, ChangeLanguage(portal, account_id, body.language, client))


@router.post("/api/v1/me/address", status_code=202, openapi_extra=BY_SESSION_OR_TOKEN)
async def post_address(
    body: AddressRequest,
    portal: CurrentPortal,
    account_id: CurrentMemberId,
    client: CurrentClient,
    claim: CurrentClaim,
    deps: CurrentDeps,
) -> Accepted:
    """Mails a token to the new address, whoever has it already. Nothing changes before it is confirmed."""
    command = RequestAddress(portal, account_id, body.email, body.current, client)
    await request_address(deps, command, once(claim, accepted))
    faults.passing("auth.before_reply")
    return Accepted()


@router.post("/api/v1/me/address/confirm", status_code=204)
async def confirm_new_address(
    body: AddressConfirmation, portal: CurrentPortal, client: CurrentClient, claim: CurrentClaim, deps: CurrentDeps
) -> None:
    """Makes the address the account's with the token of the mail; the former one is told. 409 `address_taken` where
    people sign in by their addresses and another account has come to have it."""
    await confirm_address(deps, ConfirmAddress(portal, body.token, client), once(claim, confirmed))
    faults.passing("auth.before_reply")
