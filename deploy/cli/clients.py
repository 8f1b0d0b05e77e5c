"""`guichet clients`: OAuth clients, machines that may call the desk's API."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from deploy.cli.databases import with_database
from deploy.cli.faults import WronglyUsed
from deploy.cli.surroundings import setting
from deploy.cli.tables import print_table
from services.auth.domain.clients import SCOPES, Client
from services.auth.handlers import clients
from shared.access_tokens import EVERY_PORTAL
from shared.portals import load_portals

app = App(name="clients", help_epilogue="Example: `guichet clients create crm --scope accounts:read --portal egec`")

AsJson = Annotated[bool, Parameter(name="--json", negative=())]
Everything = Annotated[bool, Parameter(name="--all", negative=())]
Several = Annotated[Sequence[str], Parameter(consume_multiple=False, negative=())]


@app.command(help_epilogue="Example: `guichet clients create crm --scope accounts:read --portal egec`")
def create(
    name: str, *, scope: Several = (), portal: Several = (), everything: Everything = False, as_json: AsJson = False
) -> None:
    """Make a client and show its secret, this once: only a hash of it is kept.

    Parameters
    ----------
    name
        What people call it.
    scope
        What it may do, several times for several.
    portal
        Where, several times for several.
    everything
        Every scope, on every portal there is or will be.
    as_json
        Say it as JSON.
    """
    if everything and (scope or portal):
        raise WronglyUsed("--all is every scope on every portal: no --scope or --portal beside it")
    if not everything and not (scope and portal):
        raise WronglyUsed("say what the client may do with --scope and where with --portal, or --all")
    scopes, portals = frozenset(scope or SCOPES), frozenset(portal or (EVERY_PORTAL,))
    _refuse_unknown("scope", scopes, SCOPES)
    if portal:
        known = [each.name for each in load_portals(Path(setting("auth", "GUICHET_PORTALS")))]
        _refuse_unknown("portal", portals, known)
    created = with_database("auth", lambda db: clients.create_client(db, name, scopes, portals))
    secret = created.secret.get_secret_value()
    if as_json:
        print(json.dumps({"client_id": created.id, "client_secret": secret}))
    else:
        print(f"client id      {created.id}\nclient secret  {secret}\nThe secret is not shown again.")


@app.command(help_epilogue="Example: `guichet clients revoke 0123456789abcdef`")
def revoke(client_id: str) -> None:
    """End a client: it gets no more tokens, and those it has end within ten minutes.

    Parameters
    ----------
    client_id
        Its id, as `guichet clients list` shows it.
    """
    with_database("auth", lambda db: clients.revoke_client(db, client_id))
    print(f"{client_id}: revoked")


@app.command(name="list", help_epilogue="Example: `guichet clients list --json`")
def list_(*, as_json: AsJson = False) -> None:
    """Show every client, the revoked ones too.

    Parameters
    ----------
    as_json
        One JSON array.
    """
    found = with_database("auth", clients.list_clients)
    if as_json:
        print(json.dumps([_as_dict(client) for client in found]))
        return
    print_table(
        ("client id", "name", "scopes", "portals", "created", "revoked"),
        (
            [" ".join(value) if isinstance(value, list) else value for value in _as_dict(client).values()]
            for client in found
        ),
    )


def _as_dict(client: Client) -> dict[str, object]:
    return {
        "client_id": client.id,
        "name": client.name,
        "scopes": sorted(client.scopes),
        "portals": sorted(client.portals),
        "created_at": client.created_at.isoformat(timespec="seconds"),
        "revoked_at": client.revoked_at and client.revoked_at.isoformat(timespec="seconds"),
    }


def _refuse_unknown(what: str, given: frozenset[str], known: Sequence[str]) -> None:
    if unknown := given - set(known):
        raise WronglyUsed(f"no such {what}: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
