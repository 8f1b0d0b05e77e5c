"""Somebody who works at the desk signs in: a name, a password, and a code of the moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain import staff as rules
from services.auth.domain.errors import CredentialsNotRecognised
from services.auth.domain.names import folded, forgiven
from services.auth.domain.passwords import as_typed
from services.auth.domain.second_factor import code_hash, matching_step
from services.auth.domain.sessions import new_token, token_hash
from services.auth.domain.staff import StaffSignedIn
from services.auth.handlers.count_sign_in import count_sign_in
from services.auth.handlers.staff_token import staff_token
from services.auth.seeds import SeedUnreadable
from services.auth.sql import staff, staff_sessions
from services.auth.sql.sessions import STRANGE, Browser
from services.auth.sql.staff import CodeKind, FoundStaff
from services.auth.sql.staff_browsers import find_staff_browser, remember_staff_browser
from shared import audit, limits
from shared.access_tokens import DESK
from shared.clients import ClientAddress
from shared.db import Transaction
from shared.ids import PortalName
from shared.limits import Spent, Try

Factor = Literal["time"] | CodeKind


@dataclass(frozen=True, slots=True)
class StaffSignIn:
    login: str
    password: SecretStr
    code: SecretStr  # of the authenticator, or one that stands in for it
    client: ClientAddress
    browser: SecretStr | None  # what an earlier sign-in left in this browser


async def staff_sign_in(deps: Deps, command: StaffSignIn) -> StaffSignedIn:
    """A wrong name, password and code are refused alike. Whoever came in by a colleague's code sets up a factor first.

    Raises CredentialsNotRecognised, TooManyRequests, Overloaded.
    """
    login = forgiven(command.login)
    browser = await _recognise(deps, command, login)
    tries = await _count_try(deps, login, command.client, browser)
    found = await staff.find_for_sign_in(deps.db, login)
    password = as_typed(command.password.get_secret_value())
    matches = await deps.hasher.verify(found.password_hash if found else None, password)
    try:
        if found is None or not matches:
            raise CredentialsNotRecognised
        signed_in = await _let_in(deps, command, found, (browser.known and command.browser) or new_token())
    except CredentialsNotRecognised:
        await _write_down(deps, command.client, found)
        raise
    await limits.give_back(deps.db, *tries)
    return signed_in


async def _let_in(deps: Deps, command: StaffSignIn, found: FoundStaff, browser: SecretStr) -> StaffSignedIn:
    """Raises CredentialsNotRecognised."""
    session = new_token()
    async with deps.db.transaction() as tx:
        person = await staff.lock_staff(tx, found.staff.id)
        factor = await _use_factor(tx, deps, found, command.code.get_secret_value())
        if factor is None or person.disabled_at is not None:
            raise CredentialsNotRecognised
        enrolling = factor == "enrolment"
        begun = await staff_sessions.insert_staff_session(tx, token_hash(session), person.id, enrolling=enrolling)
        await remember_staff_browser(tx, token_hash(browser), person.id)
        who = audit.staff(str(person.id), command.client)
        await audit.insert_entry(tx, who, "staff_signed_in", PortalName(DESK), details={"factor": factor})
    return StaffSignedIn(session, None if enrolling else staff_token(deps, person, begun), browser)


async def _recognise(deps: Deps, command: StaffSignIn, login: str) -> Browser:
    return await find_staff_browser(deps.db, token_hash(command.browser), login) if command.browser else STRANGE


async def _count_try(deps: Deps, login: str, client: ClientAddress, browser: Browser) -> Sequence[Spent]:
    name = folded(login)
    return await count_sign_in(
        deps.db,
        browser,
        Try(rules.FAILED_SIGN_INS_PER_NAME_AND_ADDRESS, "staff_sign_in", (name, client.network)),
        Try(rules.FAILED_SIGN_INS_PER_NAME, "staff_sign_in", (name,)),
    )


async def _write_down(deps: Deps, client: ClientAddress, found: FoundStaff | None) -> None:
    """Whose name it was, where that is somebody's; not what was typed, which may be a password."""
    whose = {"staff_id": str(found.staff.id)} if found else {}
    who = audit.anonymous(client)
    await audit.insert_entry(deps.db, who, "staff_sign_in_refused", PortalName(DESK), details=whose)


async def _use_factor(tx: Transaction, deps: Deps, found: FoundStaff, given: str) -> Factor | None:
    """Under the person's lock: what is used here opens nothing again."""
    step = _step(deps, found, given, tx.now)
    if step is not None:
        return "time" if await staff.use_step(tx, found.staff.id, step) else None
    return await staff.use_code(tx, found.staff.id, code_hash(given))


def _step(deps: Deps, found: FoundStaff, given: str, now: datetime) -> int | None:
    if found.seed is None:
        return None
    try:
        return matching_step(deps.seeds.open(found.seed, str(found.staff.id)), given, now)
    except SeedUnreadable:  # its key was destroyed: a colleague's code lets its owner set up another
        return None
