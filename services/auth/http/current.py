"""What routes ask for: the handlers' deps, the client's address, who is signed in."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.errors import NotSignedIn, PasswordMustBeChanged
from services.auth.domain.sessions import FULL, Session
from services.auth.handlers.resume_session import resume_session
from services.auth.handlers.verify_access import verify_access
from shared.errors import DatabaseUnavailable
from shared.ids import AccountId
from shared.web import cookies
from shared.web.callers import bearer
from shared.web.visits import current_portal, enter, visit_of


async def current_deps(request: Request) -> Deps:
    deps: Deps = request.app.state.deps
    return deps


CurrentDeps = Annotated[Deps, Depends(current_deps)]


async def session_cookie(request: Request) -> SecretStr:
    """Raises NotSignedIn for a browser without one."""
    value = request.cookies.get(cookies.SESSION)
    if not value:
        raise NotSignedIn
    return SecretStr(value)


def browser_cookie(request: Request) -> SecretStr | None:
    """What an earlier sign-in left in this browser."""
    value = request.cookies.get(cookies.BROWSER)
    return SecretStr(value) if value else None


async def current_session(request: Request) -> Session:
    """What is said from now on is said in the person's own language (B10). Raises NotSignedIn."""
    deps, portal = await current_deps(request), await current_portal(request)
    session = await resume_session(deps, portal, await session_cookie(request))
    enter(request.scope, visit_of(request).speaking(session.language))
    return session


async def current_member(request: Request) -> Session:
    """Raises NotSignedIn; PasswordMustBeChanged for whoever may only choose a password."""
    session = await current_session(request)
    if session.must_change_password:
        raise PasswordMustBeChanged
    return session


async def current_account_id(request: Request) -> AccountId:
    """Who calls: a program by its access token, a browser by its session. Raises NotSignedIn, TokenNotAccepted."""
    return (await _caller(request))[0]


async def current_member_id(request: Request) -> AccountId:
    """The same. Raises PasswordMustBeChanged for whoever may only choose a password."""
    account_id, temporary = await _caller(request)
    if temporary:
        raise PasswordMustBeChanged
    return account_id


async def _caller(request: Request) -> tuple[AccountId, bool]:
    """Whose account it is, and whether a temporary password opened it."""
    if "authorization" not in request.headers:
        session = await current_session(request)
        return session.account_id, session.must_change_password
    portal = await current_portal(request)
    caller = await verify_access(await current_deps(request), bearer(request), audience=portal.name)
    return AccountId(UUID(caller.id)), not caller.scopes >= FULL


async def found_session(request: Request) -> Session | None:
    """Who is signed in, for pages that everybody may see: those can be read when the database is down, too."""
    try:
        return await current_session(request)
    except (NotSignedIn, DatabaseUnavailable):
        return None


SessionCookie = Annotated[SecretStr, Depends(session_cookie)]
CurrentSession = Annotated[Session, Depends(current_session)]
CurrentMember = Annotated[Session, Depends(current_member)]
CurrentAccountId = Annotated[AccountId, Depends(current_account_id)]
CurrentMemberId = Annotated[AccountId, Depends(current_member_id)]
FoundSession = Annotated[Session | None, Depends(found_session)]
