"""`POST /api/v1/activations`: a new password by mail, for whoever gives the name it belongs to."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from services.auth.domain.names import SubmittedName
from services.auth.handlers.regenerate_password import RegeneratePassword, regenerate_password
from services.auth.http.current import CurrentDeps
from shared import faults
from shared.idempotency import Answer
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


class Accepted(Body):
    status: Literal["accepted"] = "accepted"


ACCEPTED = Answer(202, Accepted().model_dump_json().encode())


def accepted(_: None) -> Answer:
    return ACCEPTED


@router.post("/api/v1/activations", status_code=202)
async def post_activation(
    body: ActivationRequest, portal: CurrentPortal, client: CurrentClient, claim: CurrentClaim, deps: CurrentDeps
) -> Accepted:
    """Mails a new password to the address in the customer file (S1.2 to S1.6)."""
    command = RegeneratePassword(portal, body.name, client)
    await regenerate_password(deps, command, once(claim, accepted))
    faults.passing("auth.before_reply")
    return Accepted()
