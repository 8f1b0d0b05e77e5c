"""The desk's routes: who is refused there is written down."""

from fastapi import Request

from services.contracts.handlers.record_refusal import record_refusal
from services.contracts.http.current import current_deps
from shared.access_tokens import DESK, TokenNotAccepted
from shared.audit import Actor, anonymous
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
    await record_refusal(await current_deps(request), PortalName(DESK), actor, refusal)
