"""The commands that keep auth's data, as an operator gives them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.key_files import KeyFiles
from tests.support.command import Done, give
from tests.support.stack import TestDatabase

Guichet = Callable[..., Done]
HEADER = "identifier,title,name,email,language,shared_mailbox,contact_person,services\n"


@pytest.fixture
def guichet(auth_database: TestDatabase, portals_folder: Path, key_files: KeyFiles, tmp_path: Path) -> Guichet:
    settings = {
        "GUICHET_DATABASE_URL": auth_database.url,
        "GUICHET_PORTALS": str(portals_folder),
        "GUICHET_TOKEN_KEYS_FILE": str(key_files.token_private),
        "GUICHET_DATA": str(tmp_path),
    }

    def run(*command: str, given: str = "") -> Done:
        return give(*command, environment=settings, given=given.encode())

    return run


def test_a_customer_file_is_imported_from_a_file_or_a_pipe(guichet: Guichet, tmp_path: Path):
    file = tmp_path / "customers.csv"
    file.write_text(HEADER + "0000000001,M.,Camille Exemple,camille@example.org,fr,false,false,\n")

    first = guichet("accounts", "import", "egec", str(file))
    again = guichet("accounts", "import", "egec", "-", "--json", given=file.read_text())
    assert (first.status, first.out, first.err) == (0, "1 created, 0 changed, 0 unchanged\n", "")
    assert json.loads(again.out) == {"rows_done": 1, "created": 0, "changed": 0, "unchanged": 1}


def test_b11_an_account_is_closed_and_reopened_by_a_command(guichet: Guichet, tmp_path: Path):
    file = tmp_path / "customers.csv"
    file.write_text(HEADER + "0000000001,M.,Camille Exemple,camille@example.org,fr,false,false,\n")
    guichet("accounts", "import", "egec", str(file))

    said = [guichet("accounts", what, "egec", "0000000001").out for what in ("close", "close", "reopen", "reopen")]
    assert said == [
        f"0000000001: {what}\n" for what in ("closed", "was closed already", "open again", "was open already")
    ]
    for command in ("close", "reopen"):
        assert f"Example: guichet accounts {command} groupecho Achat2024" in guichet("accounts", command, "--help").out
        unknown = guichet("accounts", command, "egec", "0000000002")
        assert (unknown.status, unknown.err) == (1, "guichet: portal egec has no account '0000000002'\n")


def test_a_faulty_file_is_a_failure_with_one_line_for_each_fault(guichet: Guichet, tmp_path: Path):
    file = tmp_path / "customers.csv"
    file.write_bytes(HEADER.encode() + b"1,,x,a@b,fr,,,\n\xff,,x,,fr,,,\n0000000001,,x,,fr,,,\n")

    outcome = guichet("accounts", "import", "egec", str(file))
    assert outcome.status == 1
    assert outcome.out == ""
    assert outcome.err.splitlines() == [
        f"guichet: {file}:2: identifier: is no identifier of this portal (10 digits)",
        f"guichet: {file}:2: email: has no proper domain after the @",
        f"guichet: {file}:3: is not UTF-8 at byte 1",
        "guichet: nothing was imported: 3 faults",
    ]


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (("accounts", "import", "egec", "no-such-file.csv"), 1),
        (("accounts", "import", "nowhere", "-"), 1),
        (("accounts", "import", "egec"), 2),
        (("accounts", "import", "ecocito", "-", "--send-codes"), 1),
        (("accounts", "close", "nowhere", "0000000001"), 1),
        (("accounts", "close", "egec"), 2),
        (("accounts", "reopen"), 2),
        (("clients", "create", "crm", "--scope", "everything", "--portal", "egec"), 2),
        (("clients", "create", "crm", "--scope", "accounts:read", "--portal", "nowhere"), 2),
        (("clients", "create", "crm"), 2),
        (("clients", "create", "crm", "--scope", "accounts:read"), 2),
        (("clients", "create", "crm", "--portal", "egec"), 2),
        (("clients", "create", "crm", "--all", "--portal", "egec"), 2),
        (("clients", "revoke", "0123456789abcdef"), 1),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(guichet: Guichet, command: tuple[str, ...], status: int):
    outcome = guichet(*command, given="")

    assert outcome.status == status
    assert len(outcome.err.splitlines()) == 1
    assert outcome.err.startswith("guichet: ")


def test_a_client_is_made_listed_and_revoked(guichet: Guichet):
    made = json.loads(guichet("clients", "create", "crm", "--scope", "accounts:read", "--portal", "egec", "--json").out)
    shown = guichet("clients", "create", "everything", "--all").out
    revoked = guichet("clients", "revoke", made["client_id"])
    listed = json.loads(guichet("clients", "list", "--json").out)

    assert "shown again" in shown
    assert revoked.status == 0
    assert [(client["name"], client["portals"], client["revoked_at"] is None) for client in listed] == [
        ("crm", ["egec"], False),
        ("everything", ["*"], True),
    ]
    assert len(listed[1]["scopes"]) == 8
    assert "crm" in guichet("clients", "list").out


def test_staff_come_lose_their_telephone_and_leave(guichet: Guichet) -> None:
    added = guichet("staff", "add", "sacha", "--name", "Sacha Exemple", "--role", "agent", "--portal", "egec", "--json")
    assert added.status == 0, added.err
    shown = json.loads(added.out)
    assert {*shown} == {"id", "login", "password", "totp_secret", "recovery_codes"}
    again = guichet("staff", "add", "SACHA", "--name", "Sacha Exemple", "--role", "agent")
    assert (again.status, again.err) == (1, "guichet: Somebody at the desk has this name already.\n")

    reset = guichet("staff", "reset-second-factor", "sacha", "--json")
    assert {*json.loads(reset.out)} == {"login", "code"}
    assert guichet("staff", "disable", "sacha").out == "sacha: disabled\n"
    (person,) = json.loads(guichet("staff", "list", "--json").out)
    assert (person["role"], person["portals"], bool(person["disabled_at"])) == ("agent", ["egec"], True)
    back = guichet("staff", "add", "sacha", "--name", "Sacha Exemple", "--role", "auditor", "--json")
    assert json.loads(back.out)["id"] == shown["id"]
    assert "None of this is shown again." in guichet("staff", "add", "lou", "--name", "Lou", "--role", "agent").out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("add", "sacha", "--name", "S", "--role", "boss"), "boss"),
        (("add", "sacha", "--name", "S", "--role", "agent", "--portal", "nowhere"), "no such portal: nowhere"),
        (("add", " ", "--name", "S", "--role", "agent"), "neither the user name nor the name may be empty"),
    ],
)
def test_wrong_use_of_staff_is_said(guichet: Guichet, command: tuple[str, ...], said: str) -> None:
    outcome = guichet("staff", *command)
    assert (outcome.status, said in outcome.err) == (2, True), outcome.err


def test_who_was_never_at_the_desk_cannot_leave_it(guichet: Guichet) -> None:
    outcome = guichet("staff", "disable", "nobody")
    assert (outcome.status, outcome.err) == (1, "guichet: nobody at the desk is named 'nobody'\n")
