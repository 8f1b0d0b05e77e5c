"""A portal's folder over the folders it `extends`: an installation says only what is different there."""

from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

from shared.portals.document import Document, read_document
from shared.portals.faults import Fault

PROFILE = "portal.yaml"


@dataclass(frozen=True, slots=True)
class Layers:
    """`folders`: the portal's own first, then what it extends, then what that extends."""

    folders: tuple[Path, ...]
    profile: Document

    def file(self, name: str) -> Path:
        """The file that counts: of the first folder that has it; where none has, the one that belongs there."""
        return next((folder / name for folder in self.folders if (folder / name).is_file()), self.folders[0] / name)

    def document(self, name: str) -> Document:
        """The YAML files of this name, one over the other; with a fault where no folder has one."""
        documents = [read_document(folder / name) for folder in self.folders if (folder / name).is_file()]
        return _piled(documents or [read_document(self.file(name))])


def read_layers(folder: Path) -> Layers:
    """Follows `extends`, a path relative to the folder that says it. Faults are those of `profile`."""
    folders, documents = [folder], [read_document(folder / PROFILE)]
    while (wanted := documents[-1].data.pop("extends", None)) is not None:
        base = Path(normpath(folders[-1] / str(wanted)))
        if base.resolve() in [known.resolve() for known in folders] or not (base / PROFILE).is_file():
            documents[-1].faults.append(_no_base(documents[-1], base))
            break
        folders.append(base)
        documents.append(read_document(base / PROFILE))
    return Layers(tuple(folders), _piled(documents))


def _piled(documents: list[Document]) -> Document:
    piled = documents[-1]
    for document in reversed(documents[:-1]):
        piled = document.over(piled)
    return piled


def _no_base(document: Document, base: Path) -> Fault:
    return document.fault(("extends",), f"extends: {base} is no other portal's folder with a {PROFILE}")
