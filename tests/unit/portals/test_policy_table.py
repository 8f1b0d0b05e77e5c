"""The table of policies, cell by cell: what each delivered portal decides.

A test is a row of the table, its id the column. What is decided is asked of the rules themselves wherever they are pure
functions of the profile; that the whole portal then does so, end-to-end tests show (`test_s0_…` to `test_s2_…`).
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.auth.domain.credentials import (
    Credential,
    Password,
    PasswordHash,
    none_yet,
    opens,
    opens_only_a_choice,
    regenerate,
    use,
)
from services.auth.domain.errors import (
    CodeRequestsNotOffered,
    PasswordChangeNotOffered,
    RegistrationNotOffered,
    TokenExpired,
    TokenUsed,
)
from services.auth.domain.mailed_tokens import RESET_LASTS, require_open
from services.auth.domain.names import SubmittedName
from services.auth.domain.offered import require_code_requests, require_online_change, require_registration
from services.auth.domain.passwords import ALPHABET, SIGNS, UNMISTAKABLE, generate_password, has_every_class
from services.auth.http.pages.activate import asked_name
from services.contracts.domain.errors import LinkingNotOffered
from services.contracts.domain.offered import require_linking
from shared.errors import DomainError
from shared.ids import AccountId, Language
from shared.portals import Policy, Portal, load_portals
from shared.portals.kinds import KINDS, needed
from shared.web.words import Words
from tests.support.portals import DELIVERED

PORTALS = {portal.name: portal for portal in load_portals(DELIVERED)}
FR = Language("fr")
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
OLD, NEW = PasswordHash("old"), PasswordHash("new")
A_MOMENT = timedelta(microseconds=1)


def row(**columns: Any) -> pytest.MarkDecorator:
    """What each column says of this row, for `portal` and `cell`."""
    cells = [pytest.param(PORTALS[name], cell, id=name) for name, cell in columns.items()]
    assert len(cells) == len(PORTALS)
    return pytest.mark.parametrize(("portal", "cell"), cells)


def offers(require: Callable[[Policy], None], portal: Portal, refusal: type[DomainError]) -> bool:
    try:
        require(portal.policy)
    except refusal:
        return False
    return True


def password_then(portal: Portal) -> Credential:
    """Somebody knows an old password, has used it, and asks for a new one."""
    old = Password(OLD, generated=True, used_at=NOW)
    return regenerate(Credential(AccountId(UUID(int=1)), 1, old), NEW, portal.policy.password, NOW)


@row(ecocito="customer", egec="operator", groupecho="contact_person", default="operator")
def test_who_opens_an_account(portal: Portal, cell: str) -> None:
    assert portal.policy.accounts_opened_by == cell
    assert offers(require_registration, portal, RegistrationNotOffered) is (cell == "customer")
    assert offers(require_code_requests, portal, CodeRequestsNotOffered) is (cell == "contact_person")


def test_who_opens_an_account_of_the_default_can_be_switched_on() -> None:
    """The default has all that takes already: its words, its mails, and an address people sign in by."""
    policy = PORTALS["default"].policy

    assert needed(policy.model_copy(update={"accounts_opened_by": "customer"})) <= set(PORTALS["default"].mails)
    assert "email" in policy.sign_in_names


@row(
    ecocito=({"email"}, "0000000042", "AbC123"),
    egec=({"identifier"}, "9999999999", "999999999"),
    groupecho=({"identifier"}, "GEcho42", "GE-42"),
    default=({"email", "identifier"}, "0000000042", "AbC123"),
)
def test_the_sign_in_name(portal: Portal, cell: tuple[set[str], str, str]) -> None:
    names, identifier, not_one = cell

    assert portal.policy.sign_in_names == names
    assert portal.policy.identifier.accepts(identifier)
    assert not portal.policy.identifier.accepts(not_one)


def test_the_sign_in_name_is_case_sensitive_where_it_is_a_code() -> None:
    assert SubmittedName("code", "GEcho42").sought != SubmittedName("code", "gecho42").sought
    assert SubmittedName("email", "Camille@example.org").sought == SubmittedName("email", "camille@EXAMPLE.org").sought


@row(
    ecocito=("email", "reset_requested"),
    egec=("email", "password_regenerated"),
    groupecho=("login", "password_regenerated"),  # « code d'utilisateur », or the address
    default=("login", "password_regenerated"),
)
def test_what_a_credential_is_requested_by(portal: Portal, cell: tuple[str, str]) -> None:
    asked, brings = cell

    assert asked_name(portal.policy) == asked
    assert needed(portal.policy) & {"reset_requested", "password_regenerated"} == {brings}
    assert {"code", "email"} >= portal.policy.activation_names


def test_what_a_credential_is_requested_by_is_answered_with_a_link_that_works_once_for_30_minutes() -> None:
    """Ecocito's."""
    expires_at = NOW + RESET_LASTS

    require_open(ended_at=None, expires_at=expires_at, now=NOW + timedelta(minutes=30) - A_MOMENT)
    with pytest.raises(TokenExpired):
        require_open(ended_at=None, expires_at=expires_at, now=NOW + timedelta(minutes=30))
    with pytest.raises(TokenUsed):
        require_open(ended_at=NOW, expires_at=expires_at, now=NOW)


@row(ecocito=None, egec="lasting", groupecho="lasting", default="temporary")
def test_the_generated_password(portal: Portal, cell: str | None) -> None:
    assert (portal.policy.activation == "generated_password") is (cell is not None)
    if cell is None:
        return
    password = generate_password(portal.policy.password.length)
    assert len(password) == 9
    assert has_every_class(password)
    assert set(password) <= set(ALPHABET)

    credential = regenerate(none_yet(AccountId(UUID(int=1))), NEW, portal.policy.password, NOW)
    lasts = opens(credential, NEW, NOW + timedelta(days=3650))
    assert (lasts, opens_only_a_choice(credential, NEW)) == ((True, False) if cell == "lasting" else (False, True))


def test_the_generated_password_is_of_65_characters() -> None:
    assert (len(UNMISTAKABLE), set(SIGNS), len(ALPHABET)) == (57, set("*+-=?#%@"), 65)


@row(ecocito=None, egec="replaced", groupecho="replaced", default="kept")
def test_the_old_password(portal: Portal, cell: str | None) -> None:
    if cell is None:  # a link changes nothing until it is used
        assert portal.policy.activation == "reset_link"
        return
    asked = password_then(portal)

    assert opens(asked, OLD, NOW) is (cell == "kept")
    assert not opens(use(asked, NEW, NOW), OLD, NOW)


@row(ecocito=True, egec=False, groupecho=False, default=True)
def test_online_password_change(portal: Portal, cell: bool) -> None:
    assert offers(require_online_change, portal, PasswordChangeNotOffered) is cell


def test_online_password_change_is_required_after_a_temporary_one() -> None:
    """The default's."""
    asked = password_then(PORTALS["default"])

    assert opens_only_a_choice(asked, NEW)
    assert not opens_only_a_choice(asked, OLD)


@row(ecocito="neutral", egec="told", groupecho="neutral", default="neutral")
def test_what_an_unknown_name_is_answered(portal: Portal, cell: str) -> None:
    assert portal.policy.unknown_name == cell


def test_what_an_unknown_name_is_answered_is_the_documents_text_and_can_be_switched() -> None:
    """eGEC's."""
    assert Words(PORTALS["egec"], FR).text("error.account_not_recognised") == "Identifiant et/ou m-d-p non reconnu(s)"
    assert needed(PORTALS["egec"].policy.model_copy(update={"unknown_name": "neutral"})) <= set(PORTALS["egec"].mails)


@row(
    ecocito="relationusagers@evolis23.fr",
    egec="Service IT",
    groupecho="service à la clientèle",
    default="Service clients",
)
def test_the_contact_shown(portal: Portal, cell: str) -> None:
    assert cell in (portal.contact.label[FR], portal.contact.email)
    for mail in ("activation_matched_several", "address_changed"):
        assert cell in portal.mails.render(mail, FR, KINDS[mail].given).text


@row(ecocito=True, egec=False, groupecho=False, default=True)
def test_linking_contracts(portal: Portal, cell: bool) -> None:
    assert offers(require_linking, portal, LinkingNotOffered) is cell
    assert ({"contract_linked", "contract_unlinked"} <= needed(portal.policy)) is cell


@pytest.mark.parametrize("portal", PORTALS.values(), ids=PORTALS)
def test_one_address_on_several_customer_files(portal: Portal) -> None:
    """Asked for by such an address: a mail that says whom to contact, and holds nothing that opens an account."""
    assert "activation_matched_several" in needed(portal.policy)
    kind = KINDS["activation_matched_several"]
    assert not kind.variables & {"password", "token", "identifier"}
    mail = portal.mails.render("activation_matched_several", FR, kind.given)
    assert portal.contact.email in mail.text
    assert portal.contact.label[FR] in mail.text


@row(
    ecocito=timedelta(minutes=30),
    egec=timedelta(hours=4),
    groupecho=timedelta(hours=4),
    default=timedelta(hours=1),
)
def test_until_when_a_request_is_mailed(portal: Portal, cell: timedelta) -> None:
    assert portal.policy.deliver_within == cell
