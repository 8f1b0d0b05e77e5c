"""Each fault of a portal's files is said once, at its line, with what would be right; and all of them at once."""

import shutil
from pathlib import Path

import pytest

from shared.portals import load_portals
from tests.support.portals import Edit, faults_of

PROFILE, FRENCH, ENGLISH, MANIFEST = "portal.yaml", "texts.fr.yaml", "texts.en.yaml", "mails/manifest.yaml"
SUBJECT, TEXT, HTML = (f"mails/password_regenerated.fr.{kind}" for kind in ("subject.txt", "txt", "html"))
LIMIT = "  deliver_within: 4 h\nlimits: "

# file, what stands there, what is put there instead (the fault is on its last line), what is said
SPOILED = [
    (PROFILE, "unknown_name: told", "unknown_nam: told", "policy.unknown_nam: no such key; did you mean unknown_name?"),
    (PROFILE, "online_change: false", "colour: red", "no such key; keys here are accounts_opened_by, identifier"),
    (
        PROFILE,
        "unknown_name: told",
        "unknown_name: loud",
        "policy.unknown_name must be 'told' or 'neutral', not 'loud'",
    ),
    (PROFILE, "deliver_within: 4 h", "deliver_within: 4 hours", "policy.deliver_within must be a duration like '30 s'"),
    (PROFILE, "deliver_within: 4 h", "deliver_within: 0 h", "policy.deliver_within must be a duration"),
    (PROFILE, "    length: 9 ", "    length: 8 ", "policy.password.length must be greater than or equal to 9, not 8"),
    (PROFILE, "[identifier]", "[identifier, shoe_size]", "must be 'identifier' or 'email', not 'shoe_size'"),
    (PROFILE, "    length: 9 ", "    length: 0x1F ", "policy.password.length must be a valid integer, unable to parse"),
    (PROFILE, "sign_in_names: [identifier]", "sign_in_names: []", "policy.sign_in_names must not be empty"),
    (PROFILE, "length: 10}", "length: 10, longest: 9}", "shortest <= length <= longest must hold"),
    (
        PROFILE,
        "  deliver_within: 4 h",
        LIMIT + "{activations_per_name: 5}",
        "must be a limit like '5 in 15 min', not 5",
    ),
    (PROFILE, "  deliver_within: 4 h", LIMIT + "{sign_ins: 5 in 1 h}", "limits.sign_ins: no such key"),
    (PROFILE, '"#17375e"', "navy", "brand.color must be written like '#17375e', not 'navy'"),
    (PROFILE, "www.egec.pro", "WWW.egec.pro:80", "hosts.0 must be written like www.example.org"),
    (PROFILE, "service.it@exemple.fr", "Service IT", "contact.email must be written like someone@example.org"),
    (PROFILE, "languages: [fr, en]", "languages: [french]", "languages.0 must be written like fr or fr-CA"),
    (PROFILE, "{fr: Service IT, en: IT Service}", "{fr: Service IT}", "contact.label has no text in 'en'"),
    (PROFILE, "title: eGEC", "title: eGEC\ntitle: eGEC", "title was on line 4 already"),
    (PROFILE, "title: eGEC", "extends: ../elsewhere", "is no other portal's folder with a portal.yaml"),
    (ENGLISH, "  submit: SEND", "  submit: SEND\n  submits: SEND", "activate.submits is not in texts.fr.yaml"),
    (ENGLISH, "submit: SEND", "submit: [SEND]", "activate.submit must be one text with no values, as in texts.fr.yaml"),
    (ENGLISH, "submit: SEND", "submit: SEND {it}", "activate.submit must be one text with no values"),
    (ENGLISH, "Hello, {name}", "Hello, {nom}", "account.greeting must be one text with {name}, as in texts.fr.yaml"),
    (FRENCH, "{name}, bonjour,", "{name.__class__}, bonjour,", "may have only plain names in braces, like {name}"),
    (FRENCH, "{name}, bonjour,", "{name!r:>9}, bonjour,", "may have only plain names in braces, like {name}"),
    (FRENCH, "{name}, bonjour,", "{name, bonjour,", "account.greeting has a wrong brace"),
    (FRENCH, "ENVOYER ", "12 ", "activate.submit must be a text, not 12"),
    (FRENCH, "  title: Bienvenue", "  title: Bien: venue", "is not YAML"),
    (SUBJECT, "Votre", "{{ password }} : votre", "'password' is secret: no subject has it"),
    (TEXT, "{{ password }}", "{{ pasword }}", "unknown variable 'pasword'; this template may use identifier, name, pa"),
    (TEXT, "{{ password }}", "{{ password | shout }}", "No filter named 'shout'"),
    (TEXT, "Merci.", "{% include 'other.txt' %}", "takes in another file"),
    (MANIFEST, "password_regenerated:", "password_regenerated: 5\nold:", "old: no such mail"),
    (MANIFEST, "[title, name, identifier", "[shoe_size, title, name, identifier", "unknown variable 'shoe_size'"),
    (
        MANIFEST,
        "must_show: [identifier",
        "must_show: [shoe_size, identifier",
        "'shoe_size' must be one of identifier, name",
    ),
    (MANIFEST, "must_show: [contact]", "must_shout: [contact]", "must_shout: no such key; did you mean must_show?"),
    (MANIFEST, "    en: [", "    en: [Two notes., ", "must have as many notes in 'en' as in 'fr': 1"),
    (MANIFEST, "password_regenerated:", "password_reminded:", "password_reminded: no such mail; there are activation_"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), SPOILED)
def test_a_fault_is_said_at_its_line(folder: Path, edit: Edit, file: str, old: str, new: str, message: str) -> None:
    line = edit(file, old, new) + new.count("\n")

    said = [fault for fault in faults_of(folder) if message in fault[2]]
    assert [fault[:2] for fault in said] == [(f"egec/{file}", line)], faults_of(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (TEXT, "- '0' = Zero", "- '0' = Zéro", "lacks the mandatory note « '0' = Zero, 'O' = Lettre O majuscule. »"),
        (HTML, "<b>uniquement le dernier</b>", "le dernier", "lacks the mandatory note « Si vous avez réceptionné"),
        (TEXT, "{{ password }}", "in another mail", "does not show {{ password }}, which it must"),
        (TEXT, "{{ password }}", "{{ password if title }}", "does not show {{ password }}, which it must"),
        (HTML, "{{ identifier }}", "", "does not show {{ identifier }}, which it must"),
        (HTML, "{{ name }} , bonjour", "{{ name | safe }} , bonjour", "lets a value become markup"),
        (HTML, "<p>Merci.</p>", "<p title={{ name }}>Merci.</p>", "lets a value become markup"),
        (HTML, "<p>Merci.</p>", '<p title="{{ name }}">Merci.</p>', "has {{ name }} in an attribute"),
        (TEXT, "Merci.", "{{ 1 // 0 }}", "cannot be rendered: ZeroDivisionError"),
        (TEXT, "Merci.", "{{ name.__class__.mro() }}", "cannot be rendered: SecurityError"),
    ],
)
def test_a_mail_that_must_not_go_out_stops_the_portal(
    folder: Path, edit: Edit, file: str, old: str, new: str, message: str
) -> None:
    edit(file, old, new)

    assert [(f"egec/{file}", message)] == [(said[0], message) for said in faults_of(folder) if message in said[2]]


@pytest.mark.parametrize("key", ["title", "hosts", "languages", "contact", "sender", "brand", "policy"])
def test_a_part_of_the_profile_that_is_missing_is_said(folder: Path, edit: Edit, key: str) -> None:
    edit("portal.yaml", f"\n{key}:", "\n_:")

    assert any(line == 1 and message.startswith(f"{key} is missing") for _, line, message in faults_of(folder))


def test_a_missing_choice_is_said_with_what_can_be_chosen(folder: Path, edit: Edit) -> None:
    edit("portal.yaml", "former: replaced_at_once", "#")

    (fault,) = faults_of(folder)
    assert fault[2] == "policy.password.former is missing: one of replaced_at_once, valid_until_used"


def test_a_portal_without_a_host_is_one_fault(folder: Path, edit: Edit) -> None:
    line = edit("portal.yaml", "hosts: [www.egec.pro, egec.localhost]", "hosts: []")

    assert faults_of(folder) == [("egec/portal.yaml", line, "hosts must not be empty")]


def test_no_portal_takes_the_desks_name(folder: Path) -> None:
    (folder / "egec").rename(folder / "desk")

    (fault,) = faults_of(folder)
    assert fault == ("desk/portal.yaml", 1, "the folder cannot be called desk: that is the desk's own name")


def test_a_missing_translation_of_a_text_is_said_with_the_original(folder: Path, edit: Edit) -> None:
    edit("texts.en.yaml", "  submit: SEND\n", "")

    (fault,) = faults_of(folder)
    assert fault[2] == "activate.submit is missing; texts.fr.yaml has: ENVOYER"


@pytest.mark.parametrize("file", [FRENCH, ENGLISH, MANIFEST, SUBJECT, TEXT, HTML, PROFILE])
def test_a_missing_file_is_one_fault(folder: Path, file: str) -> None:
    (folder / "egec" / file).unlink()

    (fault,) = faults_of(folder)
    assert fault[:2] == (f"egec/{file}", 1)
    assert fault[2].startswith("there is no such file")


def test_a_language_that_is_only_declared_lacks_every_file(folder: Path, edit: Edit) -> None:
    declared = load_portals(folder).by_name("egec").mails
    edit("portal.yaml", "languages: [fr, en]", "languages: [fr, en, de]")

    missing = {file for file, _, message in faults_of(folder) if message.startswith("there is no such file")}
    mails = {f"egec/mails/{mail}.de" for mail in declared}
    assert missing == {f"{mail}.{kind}" for mail in mails for kind in ("subject.txt", "txt", "html")} | {
        "egec/texts.de.yaml"
    }


def test_two_portals_with_one_host_are_one_fault(folder: Path, edit: Edit) -> None:
    shutil.copytree(folder / "egec", folder / "second")
    (folder / "second" / "portal.yaml").write_text(
        (folder / "egec" / "portal.yaml").read_text("utf-8").replace("www.egec.pro", "www.example.org")
    )

    (fault,) = faults_of(folder)
    assert fault == ("second/portal.yaml", 5, "host egec.localhost is already egec's: a host chooses one portal")


def test_the_faults_of_all_files_and_portals_are_said_at_once(folder: Path, edit: Edit) -> None:
    edit("portal.yaml", "unknown_name: told", "unknown_name: loud")
    shutil.copytree(folder / "egec", folder / "second")
    (folder / "second" / "portal.yaml").write_text("title: Second\n")

    said = {file for file, _, _ in faults_of(folder)}
    assert said == {"egec/portal.yaml", "second/portal.yaml"}


def test_bytes_that_are_no_utf8_are_a_fault_of_their_file(folder: Path) -> None:
    (folder / "egec" / TEXT).write_bytes("réceptionné".encode("latin-1"))
    (folder / "egec" / FRENCH).write_bytes("é: è".encode("latin-1"))

    assert {file for file, _, message in faults_of(folder) if message.startswith("cannot be read")} == {
        f"egec/{TEXT}",
        f"egec/{FRENCH}",
    }


def test_a_folder_without_portals_is_a_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == [(".", 1, "holds no portal: each is a folder with a portal.yaml")]


def test_what_must_be_a_mapping_is_said_with_its_keys(folder: Path, edit: Edit) -> None:
    line = edit("portal.yaml", 'brand:\n  color: "#17375e"', "brand: blue")

    assert faults_of(folder) == [("egec/portal.yaml", line, "brand must be a mapping with color")]


@pytest.mark.parametrize(
    ("written", "line", "message"),
    [
        ("", 1, "must be a mapping of keys to values"),
        ("- eGEC\n", 1, "must be a mapping of keys to values"),
        ("title: eGEC\nhosts: \x01\n", 2, "is not YAML: character U+0001 is not allowed"),
        ("title: eGEC\nhosts: *nowhere\n", 2, "is not YAML: found undefined alias 'nowhere'"),
        ("title: eGEC\n---\nhosts: []\n", 2, "is not YAML: but found another document"),
        ("title: &loop [*loop]\n", 1, "is nested too deeply, or in itself"),
    ],
)
def test_a_profile_that_is_no_mapping_is_one_fault(folder: Path, written: str, line: int, message: str) -> None:
    (folder / "egec" / "portal.yaml").write_text(written)

    assert faults_of(folder) == [("egec/portal.yaml", line, message)]
