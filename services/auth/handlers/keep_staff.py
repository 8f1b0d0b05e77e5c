"""Who works at the desk: people come, leave, and lose their telephones."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from services.auth.domain.errors import LoginTaken, NotOneself
from services.auth.domain.passwords import as_typed, generate_password
from services.auth.domain.second_factor import ENROLMENT_LASTS, RECOVERY_CODES, code_hash, new_code, new_seed
from services.auth.domain.staff import Role, Staff, StaffId
from services.auth.handlers.set_up_second_factor import replace_recovery_codes
from services.auth.hasher import Hasher
from services.auth.seeds import Seeds
from services.auth.sql import staff, staff_sessions
from shared import audit
from shared.access_tokens import DESK
from shared.db import Database, Transaction
from shared.ids import PortalName, new_id

PASSWORD_LENGTH = 16  # characters: 96 bits, for a manager of passwords to keep


@dataclass(frozen=True, slots=True)
class AddStaff:
    login: str
    name: str
    role: Role
    portals: frozenset[str]


@dataclass(frozen=True, slots=True)
class AddedStaff:
    """What they sign in with. It is shown this once: of the password and the codes only hashes are kept."""

    id: StaffId
    password: SecretStr
    seed: SecretStr
    recovery_codes: Sequence[SecretStr] = field(repr=False)


async def add_staff(db: Database, hasher: Hasher, seeds: Seeds, actor: audit.Actor, command: AddStaff) -> AddedStaff:
    """Somebody who had left comes back with everything new. Raises LoginTaken, Overloaded, KeysUnusable."""
    password, seed = generate_password(PASSWORD_LENGTH), new_seed()
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    password_hash = await hasher.hash(as_typed(password))
    async with db.transaction() as tx:
        new = Staff(StaffId(new_id()), command.login, command.name, command.role, command.portals, created_at=tx.now)
        staff_id = await staff.insert_staff(tx, new, password_hash)
        if staff_id is None:
            raise LoginTaken
        await staff.save_seed(tx, staff_id, seeds.seal(seed, str(staff_id)), step=0)
        await replace_recovery_codes(tx, staff_id, codes)
        await _note(tx, actor, "staff_added", staff_id)
    return AddedStaff(staff_id, SecretStr(password), seed, codes)


async def disable_staff(db: Database, actor: audit.Actor, staff_id: StaffId) -> None:
    """Signed out everywhere, and let in no more. Raises StaffNotFound, NotOneself."""
    _require_another(actor, staff_id)
    async with db.transaction() as tx:
        await staff.lock_staff(tx, staff_id)
        await staff.disable_staff(tx, staff_id)
        await _throw_out(tx, staff_id)
        await staff.replace_codes(tx, staff_id, [], "recovery")
        await _note(tx, actor, "staff_disabled", staff_id)


async def reset_second_factor(db: Database, actor: audit.Actor, staff_id: StaffId) -> SecretStr:
    """A code for a colleague who has lost the telephone: given in person, with the password it opens, once and within
    a day, the page where another factor is set up. Raises StaffNotFound, NotOneself."""
    _require_another(actor, staff_id)
    code = new_code()
    async with db.transaction() as tx:
        person = await staff.lock_staff(tx, staff_id)
        await staff.save_seed(tx, person.id, None, step=0)
        await staff.replace_codes(
            tx, person.id, [code_hash(code.get_secret_value())], "enrolment", tx.now + ENROLMENT_LASTS
        )
        await _throw_out(tx, person.id)
        await _note(tx, actor, "second_factor_reset", person.id)
    return code


async def _throw_out(tx: Transaction, staff_id: StaffId) -> None:
    await staff_sessions.delete_staff_sessions(tx, staff_id)
    await staff.end_staff_tokens(tx, staff_id)


async def _note(tx: Transaction, actor: audit.Actor, action: audit.Action, staff_id: StaffId) -> None:
    await audit.insert_entry(tx, actor, action, PortalName(DESK), details={"staff_id": str(staff_id)})


def _require_another(actor: audit.Actor, staff_id: StaffId) -> None:
    if actor.kind == "staff" and actor.id == str(staff_id):
        raise NotOneself
