"""`guichet portals check|schema`: what is wrong with portals, before anything starts with them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

import services
from deploy.cli.faults import CommandFailed
from deploy.cli.surroundings import environment
from shared.portals.faults import PortalFaults
from shared.portals.layers import PROFILE
from shared.portals.loader import load_folders, portal_folders
from shared.portals.profile import Portal
from shared.portals.schema import profile_schema
from shared.web.asked_words import word_faults

DELIVERED = Path(__file__).parents[1] / "portals"
NESTING = 2  # portal/mails/file

app = App(name="portals", help_epilogue="Example: `guichet portals check`")


@app.command(help_epilogue="Example: `guichet portals check deploy/portals/egec/texts.en.yaml`")
def check(*files: Path, as_json: Annotated[bool, Parameter(name="--json", negative="")] = False) -> int:
    """Check profiles, texts and mails; each fault is said with its file and line.

    Parameters
    ----------
    files
        Portals, or any of their files; a folder of portals stands for all in it. Every portal here when left out.
    as_json
        The portals, or the faults, as JSON on stdout.
    """
    folders = _folders(files) if files else installed()
    try:
        portals = list(load_folders(folders))
        _require_words(portals, folders)
    except PortalFaults as error:
        if not as_json:
            raise
        faults = [{**fault._asdict(), "file": str(fault.file)} for fault in error.faults]
        print(json.dumps({"portals": [], "faults": faults}, ensure_ascii=False))
        return 1
    if as_json:
        print(json.dumps({"portals": list(map(_said, portals)), "faults": []}, ensure_ascii=False))
    else:
        for portal in portals:
            languages = ", ".join(portal.languages)
            print(f"{portal.name}: right; {len(portal.texts)} texts and {len(list(portal.mails))} mails in {languages}")
    return 0


@app.command(help_epilogue="Example: `guichet portals schema > portals/portal.schema.json`")
def schema() -> None:
    """The JSON Schema of portal.yaml: editors complete it, and say what is wrong while you write."""
    print(json.dumps(profile_schema(), ensure_ascii=False, indent=2))


def installed() -> Sequence[Path]:
    """The portals of the settings or the running local stack; those that are delivered where there is neither."""
    return portal_folders(_near(Path(environment("auth").get("GUICHET_PORTALS") or DELIVERED)))


def _require_words(portals: Sequence[Portal], folders: Sequence[Path]) -> None:
    """Of the pages of all services. Raises PortalFaults."""
    templates = sorted(Path(services.__file__ or "").parent.glob("*/http/templates"))
    own = {folder.name: folder for folder in folders}
    faults = [fault for portal in portals for fault in word_faults(portal, own[portal.name], templates)]
    if faults:
        raise PortalFaults(faults)


def _folders(files: Sequence[Path]) -> Sequence[Path]:
    """Raises CommandFailed with every file that is no portal's."""
    found = {file: _folders_of(file) for file in files}
    if lost := [file for file, folders in found.items() if not folders]:
        raise CommandFailed(
            *(f"{file}:1: belongs to no portal: no {PROFILE} beside it, above it or in it" for file in lost)
        )
    return list(dict.fromkeys(folder for folders in found.values() for folder in folders))


def _folders_of(file: Path) -> Sequence[Path]:
    above = [file, *file.absolute().parents[:NESTING]] if file.exists() else []
    portal = next((folder for folder in above if (folder / PROFILE).is_file()), None)
    if portal:
        return [_near(portal)]
    return [profile.parent for profile in sorted(file.glob(f"*/{PROFILE}"))]


def _near(path: Path) -> Path:
    """Shown from the current folder where it is below it."""
    absolute = path.absolute()
    return absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else absolute


def _said(portal: Portal) -> dict[str, object]:
    return {
        "name": portal.name,
        "title": portal.title,
        "hosts": portal.hosts,
        "languages": portal.languages,
        "mails": list(portal.mails),
    }
