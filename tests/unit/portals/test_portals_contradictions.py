"""Choices that make no sense together are refused, each once, where the portal says them, with what would be right."""

import shutil
from pathlib import Path

import pytest

from shared.portals import load_portals
from tests.support.portals import DELIVERED, faults_of

HEAD = "extends: ../{base}\nhosts: [own.localhost]\n"
LINKS = "  activation: reset_link\n  password:\n"


def said_of(tmp_path: Path, own: str, base: str = "default") -> list[tuple[str, int, str]]:
    """The faults of a portal that says this over a delivered one; its own lines begin at 3."""
    folder = tmp_path / "portals"
    shutil.copytree(DELIVERED / base, folder / base)
    (folder / "own").mkdir()
    (folder / "own" / "portal.yaml").write_text(HEAD.format(base=base) + own, "utf-8")
    return faults_of(folder)


# what a portal says over `default`, on which line the fault is, what is said
SENSELESS = [
    (
        "service_urls: {orders: https://orders.example.org/start}\n",
        3,
        "service_urls.orders: is no service of this portal: add orders to services, or leave it out",
    ),
    (
        "policy:\n  online_change: false\n",
        4,
        "policy.online_change: a temporary password opens only the choice of another: say online_change: true, or "
        "leave password.expires_after empty",
    ),
    (
        "policy:\n  activation: reset_link\n  password: {expires_after: }\n",
        4,
        "policy.activation: with a reset_link no generated password replaces another: leave password.former empty",
    ),
    (
        "policy:\n  activation: reset_link\n  password: {former: replaced_at_once}\n",
        4,
        "policy.activation: with a reset_link no generated password is mailed: leave password.expires_after empty",
    ),
    (
        "policy:\n  deliver_within: 2 days\n",
        4,
        "policy.deliver_within: a mail must not bring what has expired: password.expires_after no shorter than "
        "deliver_within",
    ),
    (
        "policy:\n  accounts_opened_by: customer\n  sign_in_names: [identifier]\n",
        4,
        "policy.accounts_opened_by: whoever opens an account is told no identifier: email must be one of sign_in_names",
    ),
    (
        "policy:\n  accounts_opened_by: contact_person\n  sign_in_names: [email]\n  activation_names: [email]\n",
        4,
        "policy.accounts_opened_by: new people are mailed their codes, so identifier must be one of sign_in_names",
    ),
    (
        "policy:\n  sign_in_names: [email]\n",
        4,
        "policy.sign_in_names: code is what people sign in as: leave it out, or add identifier to sign_in_names",
    ),
    (
        "policy:\n" + LINKS + "  sign_in_names: [identifier]\n  activation_names: [email]\n",
        4,
        "policy.activation: a reset_link tells no identifier: add email to sign_in_names, or code to activation_names",
    ),
    (
        "policy:\n  session: {idle: 2 h, absolute: 1 h}\n",
        4,
        "policy.session.idle: idle must not be longer than absolute",
    ),
    ("url: https://other.localhost\n", 3, "url: the links in mails must lead to one of hosts"),
    ("languages: [fr, en, fr]\n", 3, "languages: has fr 2 times: once is enough"),
    (
        "policy:\n  verbal_release: {checks: [full_name, full_name]}\n",
        4,
        "policy.verbal_release.checks: has full_name 2 times: once is enough",
    ),
]


@pytest.mark.parametrize(("own", "line", "message"), SENSELESS, ids=[said[:60] for _, _, said in SENSELESS])
def test_what_makes_no_sense_together_is_one_fault(tmp_path: Path, own: str, line: int, message: str) -> None:
    assert said_of(tmp_path, own) == [("own/portal.yaml", line, message)]


@pytest.mark.parametrize(
    "own",
    [
        "policy:\n  online_change: false\n  password: {expires_after: }\n",
        "policy:\n" + LINKS,
        "policy:\n" + LINKS + "  online_change: false\n",
        "policy:\n" + LINKS + "  sign_in_names: [identifier]\n  activation_names: [code]\n",
        "policy:\n  deliver_within: 24 h\n",
        "policy:\n  accounts_opened_by: contact_person\n  sign_in_names: [identifier]\n",
        "policy:\n  sign_in_names: [email]\n  activation_names: [email]\n",
        "policy:\n  verbal_release:\n  linking: false\n",
        "url: http://own.localhost:8000\n",
    ],
)
def test_what_does_make_sense_is_taken(tmp_path: Path, own: str) -> None:
    assert said_of(tmp_path, own) == []


def test_a_host_said_twice_is_one_fault(tmp_path: Path) -> None:
    said_of(tmp_path, "title: Own\n")
    (tmp_path / "portals" / "own" / "portal.yaml").write_text(
        "extends: ../default\nhosts: [a.localhost, a.localhost]\n"
    )

    assert faults_of(tmp_path / "portals") == [("own/portal.yaml", 2, "hosts: has a.localhost 2 times: once is enough")]


def test_a_contradiction_of_the_extended_portal_is_said_there(tmp_path: Path) -> None:
    said_of(tmp_path, "title: Own\n")
    profile = tmp_path / "portals" / "default" / "portal.yaml"
    line = next(n for n, text in enumerate(profile.read_text("utf-8").splitlines(), 1) if "expires_after: 24 h" in text)
    profile.write_text(profile.read_text("utf-8").replace("expires_after: 24 h", "expires_after: 30 min"), "utf-8")

    (fault,) = faults_of(tmp_path / "portals")
    assert fault[:2] == ("default/portal.yaml", line)


@pytest.mark.parametrize("texts", ["{}", "{verbal_release: {checks: {shoe_size: [Pointure]}}}"])
def test_a_check_is_called_by_one_text(tmp_path: Path, texts: str) -> None:
    said_of(tmp_path, "policy:\n  verbal_release:\n    checks:\n      - full_name\n      - shoe_size\n")
    for language in ("fr", "en"):
        (tmp_path / "portals" / "own" / f"texts.{language}.yaml").write_text(texts, "utf-8")

    message = "each texts.<language>.yaml must call it by verbal_release.checks.shoe_size, one text"
    assert faults_of(tmp_path / "portals") == [
        ("own/portal.yaml", 7, f"policy.verbal_release.checks.1: {message}"),
    ]


def test_a_service_is_called_by_a_title_and_a_text(tmp_path: Path) -> None:
    assert said_of(tmp_path, "services: [orders]\n") == [
        (
            "own/portal.yaml",
            3,
            f"services.0: each texts.<language>.yaml must call it by services.orders.{part}, one text",
        )
        for part in ("text", "title")
    ]


def test_a_check_is_called_something_in_every_language(tmp_path: Path) -> None:
    said_of(tmp_path, "policy: {verbal_release: {checks: [shoe_size]}}\n")
    own = tmp_path / "portals" / "own" / "texts.fr.yaml"
    own.write_text("verbal_release: {checks: {shoe_size: Pointure}}\n", "utf-8")

    (fault,) = faults_of(tmp_path / "portals")
    assert fault[2] == "verbal_release.checks.shoe_size is missing; texts.fr.yaml has: Pointure"


def test_a_part_of_a_page_needs_all_its_texts(tmp_path: Path) -> None:
    said_of(tmp_path, "title: Own\n")
    for language in ("fr", "en"):
        own = tmp_path / "portals" / "own" / f"texts.{language}.yaml"
        own.write_text("home: {title: Ici}\nannouncement: {text: Du nouveau}\n", "utf-8")

    message = "announcement.text is shown together with announcement.title: add that as well"
    assert faults_of(tmp_path / "portals") == [("own/texts.fr.yaml", 2, message)]


def test_a_service_is_called_by_its_texts(tmp_path: Path) -> None:
    said = said_of(tmp_path, "services: [orders]\n")

    assert said == [
        (
            "own/portal.yaml",
            3,
            f"services.0: each texts.<language>.yaml must call it by services.orders.{part}, one text",
        )
        for part in ("text", "title")
    ]


def test_a_verbal_release_needs_its_texts_and_its_mail(tmp_path: Path) -> None:
    said = said_of(tmp_path, "policy: {verbal_release: {checks: [full_name]}}\n", base="egec")

    assert {(file, message.partition(":")[0]) for file, _, message in said} == {
        ("egec/mails/manifest.yaml", "password_released_verbally is missing"),
        ("own/portal.yaml", "policy.verbal_release.checks.0"),
    }


def test_the_delivered_portals_make_sense() -> None:
    assert {"default", "ecocito", "egec"} <= {portal.name for portal in load_portals(DELIVERED)}
