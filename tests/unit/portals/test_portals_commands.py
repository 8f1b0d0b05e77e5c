"""`guichet portals` and `guichet templates`, as an operator calls them."""

import json
import re
from pathlib import Path

import pytest

from shared.portals.schema import profile_schema
from tests.support.portals import Edit
from tests.unit.portals.conftest import Guichet


def test_right_portals_are_said_to_be_right(guichet: Guichet) -> None:
    said = guichet("portals check")

    assert (said.status, said.err) == (0, [])
    assert re.fullmatch(r"egec: right; \d+ texts and \d+ mails in fr, en\n", said.out)


def test_each_fault_is_one_line_on_stderr(guichet: Guichet, edit: Edit) -> None:
    first = edit("portal.yaml", "former: replaced_at_once", "former: forgotten")
    second = edit("portal.yaml", "unknown_name: told", "unknown_nam: told")

    said = guichet("portals check")
    assert (said.status, said.out) == (1, "")
    assert said.err == [
        f"guichet: portals/egec/portal.yaml:{first}: policy.password.former must be 'replaced_at_once' or "
        "'valid_until_used', not 'forgotten'",
        f"guichet: portals/egec/portal.yaml:{second}: policy.unknown_nam: no such key; did you mean unknown_name?",
    ]


# what is changed in eGEC, and the one line that is said of it
REFUSED = {
    "a mandatory note is removed": (
        ("mails/password_regenerated.fr.txt", "uniquement le dernier", "le dernier"),
        "password_regenerated.fr.txt:1: lacks the mandatory note « Si vous avez réceptionné plusieurs mails, prenez en "
        "compte uniquement le dernier. »",
    ),
    "an unknown policy key": (
        ("portal.yaml", "  online_change: false", "  online_change: false\n  self_destruct: true"),
        "policy.self_destruct: no such key; keys here are accounts_opened_by, identifier, sign_in_names",
    ),
    "no host": (("portal.yaml", "hosts: [www.egec.pro, egec.localhost]", "#"), "egec/portal.yaml:1: hosts is missing"),
    "no host in the list": (
        ("portal.yaml", "hosts: [www.egec.pro, egec.localhost]", "hosts: []"),
        "egec/portal.yaml:5: hosts must not be empty",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_must_not_be_is_refused_with_one_clear_line(guichet: Guichet, edit: Edit, what: str) -> None:
    change, message = REFUSED[what]
    edit(*change)

    said = guichet("portals check")
    assert (said.status, len(said.err)) == (1, 1)
    assert message in said.err[0]


def test_two_portals_with_one_host_are_refused_with_one_clear_line(guichet: Guichet, folder: Path) -> None:
    (folder / "second").mkdir()
    (folder / "second" / "portal.yaml").write_text("extends: ../egec\nhosts: [second.localhost, www.egec.pro]\n")

    said = guichet("portals check")
    assert said.err == [
        "guichet: portals/second/portal.yaml:2: host www.egec.pro is already egec's: a host chooses one portal"
    ]


def test_faults_can_be_read_by_programs(guichet: Guichet, edit: Edit) -> None:
    line = edit("mails/password_regenerated.en.txt", "{{ password }}", "{{ pasword }}")

    said = guichet("portals check --json portals/egec/mails/password_regenerated.en.txt")
    (fault,) = json.loads(said.out)["faults"]
    assert said.status == 1
    assert (fault["file"], fault["line"]) == ("portals/egec/mails/password_regenerated.en.txt", line)


@pytest.mark.parametrize(
    "file", ["portals", "portals/egec", "portals/egec/portal.yaml", "portals/egec/mails/manifest.yaml"]
)
def test_any_file_of_a_portal_stands_for_it(guichet: Guichet, file: str) -> None:
    said = guichet(f"portals check --json {file}")

    assert [portal["name"] for portal in json.loads(said.out)["portals"]] == ["egec"]


def test_a_file_of_no_portal_is_a_failure(guichet: Guichet) -> None:
    said = guichet("portals check . nowhere.yaml")

    assert said.status == 1
    assert [line.split(":")[1:3] for line in said.err] == [[" .", "1"], [" nowhere.yaml", "1"]]


def test_the_schema_is_printed(guichet: Guichet) -> None:
    assert json.loads(guichet("portals schema").out) == profile_schema()


def test_a_mails_templates_are_checked_alone(guichet: Guichet, edit: Edit) -> None:
    edit("mails/password_regenerated.en.txt", "Thank you.", "{{ thanks }}")
    edit("texts.en.yaml", "  submit: SEND", "")

    assert guichet("templates check egec password_regenerated --lang fr").status == 0
    assert guichet("templates check egec activation_matched_several").status == 0
    said = guichet("templates check egec password_regenerated")
    assert said.status == 1
    assert len(said.err) == 1


def test_the_mails_of_all_portals_are_checked_where_none_is_named(guichet: Guichet, edit: Edit) -> None:
    right = guichet("templates check --lang en")
    assert right.out.splitlines()[0] == "egec: password_regenerated is right in en"

    edit("mails/password_regenerated.en.txt", "Thank you.", "{{ thanks }}")
    said = guichet("templates check")
    assert (said.status, len(said.err)) == (1, 1)


def test_a_mail_is_shown_as_it_would_be_sent(guichet: Guichet) -> None:
    text = guichet("templates preview egec password_regenerated").out
    html = guichet("templates preview egec password_regenerated --lang en --html").out

    assert "\n\nM. Camille Exemple , bonjour,\n\nPour vous connecter" in text
    assert html.startswith("<!doctype html>")
    assert "Your CUSTOMER identifier is" in html


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("templates preview ecocito password_regenerated", "no portal is named ecocito; there are egec"),
        (
            "templates preview egec welcome",
            "egec has no mail named welcome; there are password_regenerated, activation_",
        ),
        ("templates preview egec password_regenerated --lang de", "egec does not speak de; it speaks fr, en"),
    ],
)
def test_what_there_is_not_is_said_with_what_there_is(guichet: Guichet, line: str, said: str) -> None:
    answer = guichet(line)

    assert (answer.status, len(answer.err)) == (1, 1)
    assert said in answer.err[0]
