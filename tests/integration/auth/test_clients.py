"""OAuth clients and their tokens."""

import pytest
from pydantic import SecretStr

from services.auth.domain.errors import ClientNotFound, ClientNotRecognised, ScopeNotGranted
from services.auth.handlers.clients import create_client, list_clients, revoke_client
from services.auth.handlers.issue_client_token import IssueClientToken, issue_client_token
from services.auth.handlers.verify_access import verify_access
from shared.access_tokens import DESK, TokenNotAccepted
from tests.integration.auth.conftest import Auth

SCOPES = frozenset({"accounts:read", "accounts:write"})


async def test_a_client_gets_a_token_for_all_its_scopes_or_for_those_it_asks_for(auth: Auth):
    client = await create_client(auth.deps.db, "crm", SCOPES, frozenset({"egec"}))
    for asked, given in [(frozenset[str](), SCOPES), (frozenset({"accounts:read"}), {"accounts:read"})]:
        token = await issue_client_token(auth.deps, IssueClientToken(client.id, client.secret, asked))
        caller = await verify_access(auth.deps, token.value, audience=DESK)

        assert caller.scopes == token.scopes == given
        assert (caller.kind, caller.id, token.expires_in) == ("client", client.id, 600)
        assert caller.may_on("egec")
        assert not caller.may_on("other")


async def test_a_scope_it_was_not_given_is_refused(auth: Auth):
    client = await create_client(auth.deps.db, "crm", SCOPES, frozenset({"*"}))

    with pytest.raises(ScopeNotGranted):
        await issue_client_token(
            auth.deps, IssueClientToken(client.id, client.secret, frozenset({"accounts:read", "audit:read"}))
        )


@pytest.mark.parametrize("secret", ["", "wrong", "\ud800"])
async def test_a_wrong_secret_and_an_unknown_client_are_refused_alike(auth: Auth, secret: str):
    client = await create_client(auth.deps.db, "crm", SCOPES, frozenset({"*"}))
    for client_id in (client.id, "0123456789abcdef", "\0"):
        with pytest.raises(ClientNotRecognised):
            await issue_client_token(auth.deps, IssueClientToken(client_id, SecretStr(secret), frozenset()))


async def test_a_revoked_client_gets_no_token_and_auth_takes_none_of_it(auth: Auth):
    client = await create_client(auth.deps.db, "crm", SCOPES, frozenset({"*"}))
    token = await issue_client_token(auth.deps, IssueClientToken(client.id, client.secret, frozenset()))
    await revoke_client(auth.deps.db, client.id)
    await revoke_client(auth.deps.db, client.id)

    with pytest.raises(ClientNotRecognised):
        await issue_client_token(auth.deps, IssueClientToken(client.id, client.secret, frozenset()))
    with pytest.raises(TokenNotAccepted):
        await verify_access(auth.deps, token.value, audience=DESK)
    (listed,) = await list_clients(auth.deps.db)
    assert listed.revoked_at is not None


async def test_an_unknown_client_cannot_be_revoked(auth: Auth):
    with pytest.raises(ClientNotFound):
        await revoke_client(auth.deps.db, "0123456789abcdef")


async def test_the_secret_is_kept_as_a_hash(auth: Auth):
    client = await create_client(auth.deps.db, "crm", SCOPES, frozenset({"*"}))

    assert client.secret.get_secret_value() not in str(await auth.owner("select * from oauth_clients"))
