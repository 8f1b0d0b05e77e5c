"""The desk's routes where who is refused is written down."""

from fastapi import Request

from shared import audit
from shared.access_tokens import DESK, TokenNotAccepted
from shared.audit import Actor, anonymous
from shared.db import Database
from shared.errors import DomainError
from shared.ids import PortalName
from shared.web.desk import DeskRoute, current_actor
from shared.web.errors import PortalNotGranted, ScopeMissing
from shared.web.visits import current_client


class AuditedDeskRoute(DeskRoute):
    """Whoever shows a token that does not open this is written down, by the name of the token if it has one."""

    async def admit(self, request: Request) -> str:
        try:
            return await super().admit(request)
        except TokenNotAccepted as refusal:
            if "authorization" in request.headers:
                await _record(request, anonymous(await current_client(request)), refusal)
            raise
        except (ScopeMissing, PortalNotGranted) as refusal:
            await _record(request, await current_actor(request), refusal)
            raise


async def _record(request: Request, actor: Actor, refusal: DomainError) -> None:
    db: Database = request.app.state.db
    await audit.insert_entry(db, actor, "call_refused", PortalName(DESK), details={"code": refusal.code})
