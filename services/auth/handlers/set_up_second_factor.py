"""Somebody at the desk sets up a second factor: shown once, kept once its first code has come back."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.errors import NotSignedIn, SecondFactorWrong
from services.auth.domain.second_factor import RECOVERY_CODES, code_hash, matching_step, new_code, new_seed
from services.auth.domain.sessions import new_token, token_hash
from services.auth.domain.staff import StaffId, StaffSignedIn
from services.auth.handlers.staff_sessions import resume_staff_session
from services.auth.handlers.staff_token import staff_token
from services.auth.seeds import SeedUnreadable
from services.auth.sql import staff, staff_sessions
from shared import audit
from shared.access_tokens import DESK
from shared.clients import ClientAddress
from shared.db import Transaction
from shared.ids import PortalName


@dataclass(frozen=True, slots=True)
class SetUp:
    """Signed in anew; the recovery codes are shown this once."""

    signed_in: StaffSignedIn
    recovery_codes: Sequence[SecretStr]


async def offer_second_factor(deps: Deps, session: SecretStr) -> tuple[str, SecretStr]:
    """Whose it is, and the seed: the same until it is confirmed.

    Raises NotSignedIn; where one is set up already, too.
    """
    found = await resume_staff_session(deps, session)
    if not found.enrolling:
        raise NotSignedIn
    if found.new_seed is not None:
        try:
            return found.staff.login, deps.seeds.open(found.new_seed, str(found.staff.id))
        except SeedUnreadable:
            pass
    seed = new_seed()
    await staff_sessions.save_new_seed(deps.db, token_hash(session), deps.seeds.seal(seed, str(found.staff.id)))
    return found.staff.login, seed


async def confirm_second_factor(deps: Deps, session: SecretStr, code: str, client: ClientAddress) -> SetUp:
    """Raises NotSignedIn, SecondFactorWrong."""
    fresh, codes = new_token(), [new_code() for _ in range(RECOVERY_CODES)]
    async with deps.db.transaction() as tx:
        found = await staff_sessions.find_staff_session(tx, token_hash(session))
        if found is None or found.new_seed is None:
            raise NotSignedIn
        person = await staff.lock_staff(tx, found.staff.id)
        step = matching_step(deps.seeds.open(found.new_seed, str(person.id)), code, tx.now)
        if step is None:
            raise SecondFactorWrong
        await staff.save_seed(tx, person.id, found.new_seed, step)
        await replace_recovery_codes(tx, person.id, codes)
        await staff_sessions.delete_staff_sessions(tx, person.id)
        begun = await staff_sessions.insert_staff_session(tx, token_hash(fresh), person.id, enrolling=False)
        await audit.insert_entry(tx, audit.staff(str(person.id), client), "second_factor_set_up", PortalName(DESK))
    return SetUp(StaffSignedIn(fresh, staff_token(deps, person, begun)), codes)


async def replace_recovery_codes(tx: Transaction, staff_id: StaffId, codes: Sequence[SecretStr]) -> None:
    await staff.replace_codes(tx, staff_id, [code_hash(code.get_secret_value()) for code in codes], "recovery")
