"""The desk's accounts: open, search, show, correct, mail a new password, close and reopen."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query
from pydantic import Field

from services.auth.domain.accounts import Account, Details
from services.auth.handlers.desk_close_account import CloseAccount, ReopenAccount, close_account, reopen_account
from services.auth.handlers.desk_correct_account import CorrectAccount, correct_account
from services.auth.handlers.desk_find_accounts import find_accounts, show_account
from services.auth.handlers.desk_open_account import OpenAccount, open_account
from services.auth.handlers.desk_request_activation import RequestActivation, request_activation
from services.auth.http.activations import Accepted, accepted
from services.auth.http.current import CurrentDeps
from shared.idempotency import Answer
from shared.ids import AccountId, Language, PortalName
from shared.web.desk import CurrentActor, DeskRoute, NamedPortal, needs
from shared.web.models import Body
from shared.web.repeats import CurrentClaim, once

router = APIRouter(route_class=DeskRoute, tags=["desk"])

ACCOUNTS = "/api/v1/portals/{portal}/accounts"
ACCOUNT = ACCOUNTS + "/{account_id}"


class NewAccount(Body):
    """A line of the customer file; what makes its fields acceptable, the domain knows."""

    identifier: str | None = Field(default=None, description="Made by the portal's rule where absent.")
    title: str = ""
    name: str
    email: str = ""
    language: Language | None = Field(default=None, description="The portal's first where absent.")
    shared_mailbox: bool = Field(default=False, description="Said of the address; false says nothing of it.")
    contact_person: bool = False
    services: list[str] = Field(default_factory=list)


class Correction(Body):
    """Only what is given changes. The identifier never does (S1.9)."""

    title: str = ""
    name: str = ""
    email: str = ""
    language: Language = Language("")
    shared_mailbox: bool = Field(default=False, description="Said of the address, and so of every account that has it.")
    contact_person: bool = False
    services: list[str] = Field(default_factory=list)

    @property
    def changes(self) -> dict[str, Any]:
        given = self.model_dump(exclude_unset=True)
        if "shared_mailbox" in given:
            given["mailbox_shared"] = given.pop("shared_mailbox")
        if "services" in given:
            given["services"] = tuple(given["services"])
        return given


class AccountShown(Body):
    id: AccountId
    portal: PortalName
    identifier: str
    title: str
    name: str
    email: str
    language: Language
    shared_mailbox: bool
    contact_person: bool
    services: tuple[str, ...]
    opened_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, account: Account) -> Self:
        details = account.details
        return cls(
            id=account.id,
            portal=account.portal,
            identifier=account.identifier,
            title=details.title,
            name=details.name,
            email=details.email,
            language=details.language,
            shared_mailbox=account.mailbox_shared,
            contact_person=details.contact_person,
            services=details.services,
            opened_at=account.opened_at,
            closed_at=account.closed_at,
        )


class AccountPage(Body):
    items: list[AccountShown]
    after: AccountId | None = Field(description="Where the next page begins; null at the end.")


@router.post(ACCOUNTS, status_code=201, openapi_extra=needs("accounts:write"))
async def post_account(
    body: NewAccount, portal: NamedPortal, actor: CurrentActor, claim: CurrentClaim, deps: CurrentDeps
) -> AccountShown:
    """Opens an account; mails nobody."""
    details = Details(
        title=body.title,
        name=body.name,
        email=body.email,
        language=body.language or portal.languages[0],
        contact_person=body.contact_person,
        services=tuple(body.services),
    )
    command = OpenAccount(portal, actor, body.identifier, details, body.shared_mailbox)
    return AccountShown.of(await open_account(deps, command, once(claim, _opened)))


@router.get(ACCOUNTS, openapi_extra=needs("accounts:read"))
async def get_accounts(
    portal: NamedPortal,
    actor: CurrentActor,
    deps: CurrentDeps,
    q: Annotated[str, Query(max_length=320, description="An address, an identifier, or beginnings of a name.")] = "",
    after: AccountId | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> AccountPage:
    """Looks for people."""
    found = await find_accounts(deps, portal, actor, q, after=after, limit=limit)
    return AccountPage(items=[AccountShown.of(account) for account in found.accounts], after=found.after)


@router.get(ACCOUNT, openapi_extra=needs("accounts:read"))
async def get_account(
    account_id: AccountId, portal: NamedPortal, actor: CurrentActor, deps: CurrentDeps
) -> AccountShown:
    return AccountShown.of(await show_account(deps, portal, actor, account_id))


@router.patch(ACCOUNT, openapi_extra=needs("accounts:write"))
async def patch_account(
    account_id: AccountId, body: Correction, portal: NamedPortal, actor: CurrentActor, deps: CurrentDeps
) -> AccountShown:
    """Corrects what the customer file says. Mails that wait go to the corrected address, never to the older one. That
    one is told, and passwords on their way to it that were not used end."""
    return AccountShown.of(await correct_account(deps, CorrectAccount(portal, actor, account_id, body.changes)))


@router.post(ACCOUNT + "/activations", status_code=202, openapi_extra=needs("accounts:write"))
async def post_account_activation(
    account_id: AccountId, portal: NamedPortal, actor: CurrentActor, claim: CurrentClaim, deps: CurrentDeps
) -> Accepted:
    """Mails a new password to the person; nobody at the desk sees it."""
    await request_activation(deps, RequestActivation(portal, actor, account_id), once(claim, accepted))
    return Accepted()


@router.post(ACCOUNT + "/close", openapi_extra=needs("accounts:write"))
async def post_account_close(
    account_id: AccountId, portal: NamedPortal, actor: CurrentActor, claim: CurrentClaim, deps: CurrentDeps
) -> AccountShown:
    """Closes it: it signs nobody in and gets no mail, not even those that wait. Closed twice is closed once."""
    command = CloseAccount(portal, actor, account_id)
    return AccountShown.of(await close_account(deps, command, once(claim, _shown)))


@router.post(ACCOUNT + "/reopen", openapi_extra=needs("accounts:write"))
async def post_account_reopen(
    account_id: AccountId, portal: NamedPortal, actor: CurrentActor, claim: CurrentClaim, deps: CurrentDeps
) -> AccountShown:
    """Opens it again. A password that was chosen or used before opens it; one that was only mailed does not."""
    command = ReopenAccount(portal, actor, account_id)
    return AccountShown.of(await reopen_account(deps, command, once(claim, _shown)))


def _opened(account: Account) -> Answer:
    return Answer(201, AccountShown.of(account).model_dump_json().encode())


def _shown(account: Account) -> Answer:
    return Answer(200, AccountShown.of(account).model_dump_json().encode())
