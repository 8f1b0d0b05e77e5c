"""The desk's shared mailboxes: what is said of an address, whoever has it (S2.5, B2)."""

from fastapi import APIRouter

from services.auth.handlers.desk_flag_mailbox import FlagMailbox, flag_mailbox
from services.auth.http.current import CurrentDeps
from shared.web.desk import CurrentActor, DeskRoute, NamedPortal, needs
from shared.web.models import Body

router = APIRouter(route_class=DeskRoute, tags=["desk"])

SHARED = "/api/v1/portals/{portal}/mailboxes/{address:path}/shared"  # an address may have a slash in it


class Flag(Body):
    shared: bool


@router.put(SHARED, status_code=204, openapi_extra=needs("accounts:write"))
async def put_mailbox_shared(
    address: str, body: Flag, portal: NamedPortal, actor: CurrentActor, deps: CurrentDeps
) -> None:
    """Says of an address that several people read its mails, or do so no more: of every account that has it now or
    later. No password goes to a shared one, and those that were mailed there and not used end."""
    await flag_mailbox(deps, FlagMailbox(portal, actor, address, body.shared))
