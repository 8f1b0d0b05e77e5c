"""Someone signs in with a name and a password."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from services.auth.deps import Deps
from services.auth.domain.credentials import Credential, PasswordHash, opens, opens_only_a_choice, use
from services.auth.domain.errors import CredentialsNotRecognised
from services.auth.domain.names import folded, forgiven
from services.auth.domain.passwords import as_typed
from services.auth.domain.sessions import SignedIn, new_token, token_hash
from services.auth.handlers.count_sign_in import count_sign_in
from services.auth.handlers.customer_token import customer_token
from services.auth.sql import credentials, sessions
from services.auth.sql.sessions import STRANGE, Browser
from shared import audit, limits, outbox
from shared.clients import ClientAddress
from shared.db import Transaction
from shared.events import SessionsEnded
from shared.ids import AccountId, PortalName
from shared.limits import Spent, Try
from shared.portals import Portal


@dataclass(frozen=True, slots=True)
class SignIn:
    portal: Portal
    login: str
    password: SecretStr
    client: ClientAddress
    browser: SecretStr | None  # what an earlier sign-in left in this browser


async def sign_in(deps: Deps, command: SignIn) -> SignedIn:
    """A wrong name and a wrong password are refused alike.

    Raises CredentialsNotRecognised, TooManyRequests, Overloaded.
    """
    portal, login = command.portal, forgiven(command.login)
    browser = await _recognise(deps, command, login)
    tries = await _count_try(deps, command, login, browser)

    found = await credentials.find_for_sign_in(deps.db, portal.name, login, portal.policy.sign_in_names)
    matched = await _verify(deps, portal, found, as_typed(command.password.get_secret_value()))
    if found is None or matched is None:
        raise CredentialsNotRecognised

    session, browser_token = new_token(), (browser.known and command.browser) or new_token()
    async with deps.db.transaction() as tx:
        credential, told = await _open(tx, portal.name, found.account_id, matched)
        temporary = opens_only_a_choice(credential, matched)
        begun = await sessions.insert_session(
            tx, token_hash(session), credential.account_id, token_hash(browser_token), temporary=temporary
        )
        who = audit.customer(credential.account_id, command.client)
        await audit.insert_entry(tx, who, "signed_in", portal.name, account_id=credential.account_id)

    await limits.give_back(deps.db, *tries)
    if told:
        deps.doorbell.ring()
    access = customer_token(deps, portal, credential.account_id, begun, temporary=temporary)
    return SignedIn(credential.account_id, session, browser_token, access, temporary)


async def _recognise(deps: Deps, command: SignIn, login: str) -> Browser:
    """A token that is not ours is not kept: whoever planted it would be taken for this browser later."""
    if command.browser is None:
        return STRANGE
    return await sessions.find_browser(deps.db, token_hash(command.browser), command.portal.name, login)


async def _count_try(deps: Deps, command: SignIn, login: str, browser: Browser) -> Sequence[Spent]:
    portal, name, bounds = command.portal.name, folded(login), command.portal.limits
    return await count_sign_in(
        deps.db,
        browser,
        Try(bounds.failed_sign_ins_per_name_and_address, "sign_in", (portal, name, command.client.network)),
        Try(bounds.failed_sign_ins_per_name, "sign_in", (portal, name)),
    )


async def _verify(deps: Deps, portal: Portal, found: Credential | None, password: bytes) -> PasswordHash | None:
    """The hash the password matches. As many computations for an unknown name as for a known one."""
    newest, former = found.hashes() if found else (None, None)
    if await deps.hasher.verify(newest, password):
        return newest
    if portal.policy.password.former == "valid_until_used" and await deps.hasher.verify(former, password):
        return former
    return None


async def _open(
    tx: Transaction, portal: PortalName, account_id: AccountId, matched: PasswordHash
) -> tuple[Credential, bool]:
    """The credential, used: what was verified before the lock may have been replaced or closed since.

    And whether there is a fact to tell others.
    """
    credential = await credentials.lock_open_credential(tx, portal, account_id)
    if credential is None or not opens(credential, matched, tx.now):
        raise CredentialsNotRecognised
    used = use(credential, matched, tx.now)
    if used != credential:
        await credentials.save_credential(tx, used)
    if credential.former is None or used.former is not None:
        return used, False
    ended_at = await sessions.end_sessions(tx, account_id)  # the former password stops, and whoever came in by it
    if ended_at is not None:
        await outbox.insert(tx, SessionsEnded(account_id=account_id, portal=portal, ended_at=ended_at))
    return used, ended_at is not None
