"""The desk's codes: a lost one is mailed again (S2.10); new people get theirs when their contact person asks (S2.9)."""

from collections.abc import Sequence

from fastapi import APIRouter
from pydantic import Field

from services.auth.domain.accounts import Account
from services.auth.domain.new_people import NewPerson
from services.auth.handlers.desk_mail_code import MailCode, mail_code
from services.auth.handlers.desk_request_codes import RequestCodes, request_codes
from services.auth.http.activations import ACCEPTED, Accepted, accepted
from services.auth.http.current import CurrentDeps
from services.auth.http.desk_accounts import ACCOUNT
from shared.idempotency import Answer
from shared.ids import AccountId
from shared.web.desk import CurrentActor, DeskRoute, NamedPortal, needs
from shared.web.models import Body
from shared.web.repeats import CurrentClaim, once

router = APIRouter(route_class=DeskRoute, tags=["desk"])

MOST = 100  # people in one request


class Person(Body):
    """Both are needed; what makes them acceptable, the domain knows."""

    name: str | None = Field(default=None, description="In full: at least two words.")
    email: str | None = None


class CodeRequest(Body):
    requested_by: str = Field(description="The id of the contact person's account.")
    people: list[Person] = Field(default_factory=list, max_length=MOST)

    @property
    def new_people(self) -> list[NewPerson]:
        return [NewPerson(one.name or "", one.email or "") for one in self.people]


@router.post(ACCOUNT + "/code-mails", status_code=202, openapi_extra=needs("accounts:write"))
async def post_code_mail(
    account_id: AccountId, portal: NamedPortal, actor: CurrentActor, claim: CurrentClaim, deps: CurrentDeps
) -> Accepted:
    """Mails the code (the identifier) to its owner, to a shared mailbox too."""
    await mail_code(deps, MailCode(portal, actor, account_id), once(claim, accepted))
    return Accepted()


@router.post("/api/v1/portals/{portal}/code-requests", status_code=202, openapi_extra=needs("accounts:write"))
async def post_code_request(
    body: CodeRequest, portal: NamedPortal, actor: CurrentActor, claim: CurrentClaim, deps: CurrentDeps
) -> Accepted:
    """Opens an account for each of these people, or for none if one is incomplete, and mails them their codes. Whoever
    is in the file already at this address under this name is mailed the code again."""
    command = RequestCodes(portal, actor, body.requested_by, body.new_people)
    await request_codes(deps, command, once(claim, _accepted))
    return Accepted()


def _accepted(_: Sequence[Account]) -> Answer:
    return ACCEPTED
