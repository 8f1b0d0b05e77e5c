"""`guichet templates check|preview`: a mail before it is sent."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from deploy.cli.faults import CommandFailed
from deploy.cli.portals import installed
from shared.ids import Language
from shared.portals.faults import Fault, PortalFaults
from shared.portals.kinds import KINDS
from shared.portals.loader import load_folders
from shared.portals.profile import Portal
from shared.portals.read_mails import MANIFEST

app = App(name="templates", help_epilogue="Example: `guichet templates preview egec password_regenerated`")

Lang = Annotated[str | None, Parameter(name="--lang")]


@app.command(help_epilogue="Example: `guichet templates check egec password_regenerated`")
def check(portal: str | None = None, mail: str | None = None, *, lang: Lang = None) -> None:
    """Check that mails hold their notes and variables, in text and HTML, and no subject a secret.

    Parameters
    ----------
    portal
        Whose mails; every portal's when left out.
    mail
        One mail; all when left out.
    lang
        One language; all when left out.
    """
    try:
        found = load_folders([_folder(portal)] if portal else installed())
    except PortalFaults as error:
        faults = [fault for fault in error.faults if _concerns(fault, mail, lang)]
        if faults:
            raise CommandFailed(*faults) from None
        print("right, as far as mails go; guichet portals check says what else is not")
        return
    for each in found:
        languages = [_language(each, lang)] if lang else each.languages
        for name in [_mail(each, mail)] if mail else each.mails:
            print(f"{each.name}: {name} is right in {', '.join(languages)}")


@app.command(
    help_epilogue="Example: `guichet templates preview egec password_regenerated --lang en --html > mail.html`"
)
def preview(
    portal: str, mail: str, *, lang: Lang = None, html: Annotated[bool, Parameter(negative="")] = False
) -> None:
    """Show a mail as it would be sent, to a person who does not exist.

    Parameters
    ----------
    portal
        Whose mail.
    mail
        Which one, as in the name of its templates.
    lang
        In this language; the portal's first when left out.
    html
        The HTML part, to be looked at in a browser.
    """
    found = _portal(_folder(portal))
    language = _language(found, lang) if lang else found.languages[0]
    rendered = found.mails.render(_mail(found, mail), language, KINDS[mail].given)
    if html:
        print(rendered.html, end="")
    else:
        print(
            f"From: {found.sender.name} <{found.sender.address}>\nSubject: {rendered.subject}\n\n{rendered.text}",
            end="",
        )


def _folder(name: str) -> Path:
    folders = {folder.name: folder for folder in installed()}
    if name not in folders:
        raise CommandFailed(f"no portal is named {name}; there are {', '.join(folders)}")
    return folders[name]


def _portal(folder: Path) -> Portal:
    """Raises PortalFaults."""
    return load_folders([folder]).by_name(folder.name)


def _mail(portal: Portal, mail: str) -> str:
    if mail not in portal.mails:
        raise CommandFailed(f"{portal.name} has no mail named {mail}; there are {', '.join(portal.mails)}")
    return mail


def _language(portal: Portal, language: str) -> Language:
    if language not in portal.languages:
        raise CommandFailed(f"{portal.name} does not speak {language}; it speaks {', '.join(portal.languages)}")
    return Language(language)


def _concerns(fault: Fault, mail: str | None, language: str | None) -> bool:
    """Whether a fault is one of this mail in this language, or of what all mails stand on."""
    if fault.file.parent.name != "mails":
        return fault.file.name == "portal.yaml"
    if fault.file.name == Path(MANIFEST).name:
        return True
    about, spoken, *_ = fault.file.name.split(".")
    return mail in (None, about) and language in (None, spoken)
