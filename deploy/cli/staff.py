"""`guichet staff`: the operator's own people at the desk."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import segno
from cyclopts import App, Parameter
from pyotp import TOTP

from deploy.cli.databases import with_database
from deploy.cli.faults import CommandFailed, WronglyUsed
from deploy.cli.surroundings import data_folder, running_stack, setting
from deploy.cli.tables import moment, print_table
from services.auth.domain.second_factor import STEP, enrolment_uri
from services.auth.domain.staff import Role, Staff
from services.auth.handlers.keep_staff import AddedStaff, AddStaff, add_staff, disable_staff, reset_second_factor
from services.auth.hasher import Hasher
from services.auth.seeds import Seeds
from services.auth.sql.staff import get_staff_id, list_staff
from shared import audit
from shared.access_tokens import EVERY_PORTAL
from shared.db import Database
from shared.keys import KeyFile
from shared.portals import load_portals

app = App(name="staff", help_epilogue="Example: `guichet staff add sacha --name 'Sacha Exemple' --role agent`")

ACTOR = audit.operator("guichet staff")

AsJson = Annotated[bool, Parameter(name="--json", negative=())]
Several = Annotated[Sequence[str], Parameter(consume_multiple=False, negative=())]


@app.command(help_epilogue="Example: `guichet staff add sacha --name 'Sacha Exemple' --role agent --portal egec`")
def add(login: str, *, name: str, role: Role, portal: Several = (), as_json: AsJson = False) -> None:
    """Let somebody in at the desk, and show what they sign in with, this once.

    Somebody who was disabled comes back with everything new.

    Parameters
    ----------
    login
        What they sign in as.
    name
        What colleagues call them.
    role
        agent: answers customers. supervisor: that, operations, and the staff. auditor: reads, the audit too.
    portal
        Where, several times for several; every portal where none is named.
    as_json
        Say it as JSON.
    """
    if not login.strip() or not name.strip():
        raise WronglyUsed("neither the user name nor the name may be empty")
    known = [each.name for each in load_portals(Path(setting("auth", "GUICHET_PORTALS")))]
    if unknown := set(portal) - set(known):
        raise WronglyUsed(f"no such portal: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    command = AddStaff(login.strip(), name.strip(), role, frozenset(portal or (EVERY_PORTAL,)))
    _tell(command, with_database("auth", lambda db: _add(db, command)), as_json=as_json)


@app.command(help_epilogue="Example: `guichet staff disable sacha`")
def disable(login: str) -> None:
    """Sign somebody out everywhere, and let them in no more.

    Parameters
    ----------
    login
        What they sign in as.
    """

    async def work(db: Database) -> None:
        await disable_staff(db, ACTOR, await get_staff_id(db, login))

    with_database("auth", work)
    print(f"{login}: disabled")


@app.command(name="reset-second-factor", help_epilogue="Example: `guichet staff reset-second-factor sacha`")
def reset_second_factor_(login: str, *, as_json: AsJson = False) -> None:
    """Show a code for somebody who lost their telephone: once, within 24 hours, it stands in for their authenticator's
    and leads to the page where another one is set up.

    Parameters
    ----------
    login
        What they sign in as.
    as_json
        Say it as JSON.
    """

    async def work(db: Database) -> str:
        code = await reset_second_factor(db, ACTOR, await get_staff_id(db, login))
        return code.get_secret_value()

    code = with_database("auth", work)
    print(json.dumps({"login": login, "code": code}) if as_json else f"code  {code}\nIt is not shown again.")


@app.command(name="list", help_epilogue="Example: `guichet staff list --json`")
def list_(*, as_json: AsJson = False) -> None:
    """Show everybody who works at the desk, and who did.

    Parameters
    ----------
    as_json
        One JSON array.
    """
    found = with_database("auth", list_staff)
    if as_json:
        print(json.dumps([_as_dict(person) for person in found]))
        return
    print_table(
        ("login", "name", "role", "portals", "added", "disabled"),
        (
            (
                one.login,
                one.name,
                one.role,
                " ".join(sorted(one.portals)),
                moment(one.created_at),
                moment(one.disabled_at),
            )
            for one in found
        ),
    )


@app.command(help_epilogue="Example: `guichet staff code`")
def code() -> None:
    """Show what the authenticator of the demonstration's staff would show now, beside a running local stack.

    Nobody else's can be shown: their seeds are sealed in the database.
    """
    stack = running_stack()
    if stack is None or "staff" not in stack:
        raise CommandFailed(f"no demonstration runs in {data_folder()}: guichet up starts one")
    print(TOTP(stack["staff"]["totp_secret"], interval=STEP).now())


async def _add(db: Database, command: AddStaff) -> AddedStaff:
    hasher, seeds = Hasher(threads=1, waiting=1), Seeds(KeyFile(Path(setting("auth", "GUICHET_TOKEN_KEYS_FILE"))))
    try:
        return await add_staff(db, hasher, seeds, ACTOR, command)
    finally:
        hasher.close()


def _tell(command: AddStaff, added: AddedStaff, *, as_json: bool) -> None:
    codes = [code.get_secret_value() for code in added.recovery_codes]
    password, seed = added.password.get_secret_value(), added.seed.get_secret_value()
    if as_json:
        shown = {"login": command.login, "password": password, "totp_secret": seed, "recovery_codes": codes}
        print(json.dumps({"id": str(added.id), **shown}))
        return
    print(f"user name       {command.login}\npassword        {password}\nauthenticator   {seed}")
    segno.make(enrolment_uri(added.seed, command.login, "Guichet"), micro=False).terminal(compact=True)
    print("recovery codes  " + f"\n{'':16}".join(codes))
    print("None of this is shown again.")


def _as_dict(person: Staff) -> dict[str, object]:
    return {
        "id": str(person.id),
        "login": person.login,
        "name": person.name,
        "role": person.role,
        "portals": sorted(person.portals),
        "created_at": person.created_at.isoformat(timespec="seconds"),
        "disabled_at": person.disabled_at and person.disabled_at.isoformat(timespec="seconds"),
    }
