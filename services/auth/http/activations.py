"""`/api/v1/activations`: a new password by mail, or a link to choose one, for whoever gives the name it belongs to."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, SecretStr

from services.auth.deps import Deps
from services.auth.domain.names import SubmittedName
from services.auth.handlers.confirm_reset import ConfirmReset, confirm_reset
from services.auth.handlers.regenerate_password import RegeneratePassword, regenerate_password
from services.auth.handlers.request_reset import RequestReset, request_reset
from services.auth.http.current import CurrentDeps
from shared import faults
from shared.clients import ClientAddress
from shared.idempotency import Answer, Once
from shared.portals import Portal
from shared.web.errors import FieldFault, FieldsInvalid
from shared.web.models import Body, Line
from shared.web.repeats import CurrentClaim, once
from shared.web.routes import PortalRoute
from shared.web.visits import CurrentClient, CurrentPortal

router = APIRouter(route_class=PortalRoute, tags=["customer"])


class ActivationRequest(Body):
    """One of the two."""

    email: Line = Field(default="", description="The address in the customer file.")
    code: Line = Field(default="", description="The customer's identifier.")

    @property
    def name(self) -> SubmittedName:
        """Raises FieldsInvalid where it is not exactly one."""
        if bool(self.email) == bool(self.code):
            raise FieldsInvalid([FieldFault("email", "field_missing", "give either email or code")])
        return SubmittedName("email", self.email) if self.email else SubmittedName("code", self.code)


# As long as it may be is the domain's to say: what is refused is said in the words for passwords.
ChosenPassword = Annotated[SecretStr, Field(min_length=1)]


MailedToken = Annotated[SecretStr, Field(min_length=1, max_length=320, description="What the mail brought.")]


class Confirmation(Body):
    token: MailedToken
    password: ChosenPassword


class Accepted(Body):
    status: Literal["accepted"] = "accepted"


ACCEPTED = Answer(202, Accepted().model_dump_json().encode())


def accepted(_: None) -> Answer:
    return ACCEPTED


def confirmed(_: None) -> Answer:
    return Answer(204, b"")


@router.post("/api/v1/activations", status_code=202)
async def post_activation(
    body: ActivationRequest, portal: CurrentPortal, client: CurrentClient, claim: CurrentClaim, deps: CurrentDeps
) -> Accepted:
    """Mails a new password to the address in the customer file (S1.2 to S1.6); where people choose theirs, a link."""
    await ask_activation(deps, portal, body.name, client, once(claim, accepted))
    faults.passing("auth.before_reply")
    return Accepted()


@router.post("/api/v1/activations/confirm", status_code=204)
async def confirm_activation(
    body: Confirmation, portal: CurrentPortal, client: CurrentClient, claim: CurrentClaim, deps: CurrentDeps
) -> None:
    """Chooses a password with the token of the mail. Every session of the account ends."""
    await confirm_reset(deps, ConfirmReset(portal, body.token, body.password, client), once(claim, confirmed))
    faults.passing("auth.before_reply")


async def ask_activation(
    deps: Deps, portal: Portal, name: SubmittedName, client: ClientAddress, once: Once[None] | None = None
) -> None:
    """Raises TooManyRequests, Overloaded and, where the portal tells, AccountNotRecognised."""
    if portal.policy.activation == "reset_link":
        await request_reset(deps, RequestReset(portal, name, client), once)
    else:
        await regenerate_password(deps, RegeneratePassword(portal, name, client), once)
