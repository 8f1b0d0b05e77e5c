"""The desk's routes and pages where who is refused is written down."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from shared import audit
from shared.access_tokens import DESK, TokenNotAccepted
from shared.audit import Actor, anonymous
from shared.db import Database
from shared.errors import DomainError
from shared.ids import PortalName
from shared.web.desk import DeskRoute, current_actor
from shared.web.desk_pages import DeskPage
from shared.web.errors import PortalNotGranted, ScopeMissing
from shared.web.visits import current_client


class AuditedDeskRoute(DeskRoute):
    """Whoever shows a token that does not open this is written down, by the name of the token if it has one."""

    async def admit(self, request: Request) -> str:
        return await _written_down(request, super().admit)


class AuditedDeskPage(DeskPage):
    """The same of whoever asks for a page, or sends one's form, that their role does not have."""

    async def admit(self, request: Request) -> str:
        return await _written_down(request, super().admit)


async def _written_down(request: Request, admit: Callable[[Request], Awaitable[str]]) -> str:
    try:
        return await admit(request)
    except TokenNotAccepted as refusal:
        if "authorization" in request.headers:  # a browser's runs out many times a day
            await _record(request, anonymous(await current_client(request)), refusal)
        raise
    except (ScopeMissing, PortalNotGranted) as refusal:
        await _record(request, await current_actor(request), refusal)
        raise


async def _record(request: Request, actor: Actor, refusal: DomainError) -> None:
    db: Database = request.app.state.db
    await audit.insert_entry(db, actor, "call_refused", PortalName(DESK), details={"code": refusal.code})
