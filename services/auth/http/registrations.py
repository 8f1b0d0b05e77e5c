"""`/api/v1/registrations`: people open their accounts themselves, where the portal lets them (S0.3)."""

from fastapi import APIRouter
from pydantic import Field

from services.auth.domain.accounts import Account, Details
from services.auth.handlers.confirm_registration import ConfirmRegistration, confirm_registration
from services.auth.handlers.request_registration import RequestRegistration, request_registration
from services.auth.http.activations import Accepted, Confirmation, accepted
from services.auth.http.current import CurrentDeps
from services.auth.http.me import Me
from shared import faults
from shared.idempotency import Answer
from shared.portals import Portal
from shared.web.models import Body, Line
from shared.web.repeats import CurrentClaim, once
from shared.web.routes import PortalRoute
from shared.web.visits import CurrentClient, CurrentPortal, CurrentVisit

router = APIRouter(route_class=PortalRoute, tags=["customer"])


class RegistrationRequest(Body):
    email: Line = Field(description="Where the mail goes, and what one signs in with.")
    name: Line
    language: str | None = Field(default=None, max_length=16, description="Of mails; the request's where absent.")

    def details(self, portal: Portal, spoken: str) -> Details:
        """A language the portal does not speak is its first."""
        return Details(title="", name=self.name, email=self.email, language=portal.language(self.language or spoken))


@router.post("/api/v1/registrations", status_code=202)
async def post_registration(
    body: RegistrationRequest,
    portal: CurrentPortal,
    visit: CurrentVisit,
    client: CurrentClient,
    claim: CurrentClaim,
    deps: CurrentDeps,
) -> Accepted:
    """Mails a token to the address; to one that has an account already, a mail that says so."""
    command = RequestRegistration(portal, body.details(portal, visit.language), client)
    await request_registration(deps, command, once(claim, accepted))
    faults.passing("auth.before_reply")
    return Accepted()


@router.post("/api/v1/registrations/confirm", status_code=201)
async def post_confirmation(
    body: Confirmation, portal: CurrentPortal, client: CurrentClient, claim: CurrentClaim, deps: CurrentDeps
) -> Me:
    """Opens the account with the token of the mail."""
    command = ConfirmRegistration(portal, body.token, body.password, client)
    account = await confirm_registration(deps, command, once(claim, _opened))
    faults.passing("auth.before_reply")
    return Me.of(account)


def _opened(account: Account) -> Answer:
    return Answer(201, Me.of(account).model_dump_json().encode())
