"""A YAML file read as plain data that remembers the line of everything in it, so that a fault can say where."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from shared.portals.faults import Fault

Route = tuple[str | int, ...]  # of keys and positions, from the top
Value = object  # dict[str, Value] | list[Value] | str | int | bool | None


def _whole(text: str) -> Value:
    """A number, or, where YAML would have one that nobody writes (0x1F, a million digits), the text as it stands."""
    try:
        return int(text)
    except ValueError:
        return text


SCALARS: Mapping[str | None, Callable[[str], Value]] = {
    "tag:yaml.org,2002:int": _whole,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:null": lambda _: None,
}


class Document:
    """What a file, or a file over those it extends, says: `data`; and where it says it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.data: dict[str, Value] = {}
        self.faults: list[Fault] = []
        self.places: dict[Route, tuple[Path, int]] = {(): (file, 1)}

    def fault(self, route: Route, message: str) -> Fault:
        """A fault at `route`, or at the nearest place above it that was written."""
        while route not in self.places:
            route = route[:-1]
        return Fault(*self.places[route], message)

    def nearest(self, routes: Sequence[Route]) -> Route:
        """The one to look at where several do not go together: what this very file says, before what it extends."""
        written = [route for route in routes if route in self.places]
        own = [route for route in written if self.places[route][0] == self.file]
        return (own or written or routes)[0]

    def over(self, base: "Document") -> "Document":
        """This document where it speaks, `base` where it does not: mappings are merged, all else is replaced.

        What is said here comes first, in the order it is said here: a page's sections, for one. A key of the base's
        that is left empty here is taken away.
        """
        merged = Document(self.file)
        merged.data = _merged(base.data, self.data)
        merged.faults = base.faults + self.faults
        merged.places = base.places | self.places
        return merged

    def read_mapping(self, node: MappingNode, route: Route) -> dict[str, Value]:
        mapping: dict[str, Value] = {}
        for key, value in node.value:
            inner = (*route, str(key.value))
            if inner[-1] in mapping:
                self.faults.append(
                    Fault(self.file, _line(key), f"{key.value} was on line {self.places[inner][1]} already")
                )
            self.places[inner] = (self.file, _line(key))
            mapping[str(key.value)] = self._read(value, inner)
        return mapping

    def _read_list(self, node: Node, route: Route) -> list[Value]:
        for position, item in enumerate(node.value):
            self.places[*route, position] = (self.file, _line(item))
        return [self._read(item, (*route, position)) for position, item in enumerate(node.value)]

    def _read(self, node: Node, route: Route) -> Value:
        if isinstance(node, ScalarNode):
            return SCALARS.get(node.tag, str)(node.value)
        return self.read_mapping(node, route) if isinstance(node, MappingNode) else self._read_list(node, route)


def read_document(file: Path) -> Document:
    """Reads a file whose top is a mapping. What is wrong with it is in `faults`, and `data` is then empty."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return _faulty(file, 1, "there is no such file")
    except (OSError, UnicodeDecodeError) as error:
        return _faulty(file, 1, f"cannot be read: {error}")
    document = Document(file)
    try:
        root = _composed(text)
        if not isinstance(root, MappingNode):
            return _faulty(file, 1, "must be a mapping of keys to values")
        document.data = document.read_mapping(root, ())
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return _faulty(file, line, f"is not YAML: character U+{error.character:04X} is not allowed")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _faulty(file, mark.line + 1 if mark else 1, f"is not YAML: {error.problem or error.context}")
    except RecursionError:  # an alias inside its own anchor
        return _faulty(file, 1, "is nested too deeply, or in itself")
    return document


@lru_cache(maxsize=64)  # portals that extend one and the same portal read its files again and again
def _composed(text: str) -> Node | None:
    """Raises ReaderError, MarkedYAMLError, RecursionError."""
    root: Node | None = YAML(typ="safe", pure=True).compose(text)
    return root


def _faulty(file: Path, line: int, message: str) -> Document:
    document = Document(file)
    document.faults.append(Fault(file, line, message))
    return document


def _merged(base: Mapping[str, Value], over: Mapping[str, Value]) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    for key, value in over.items():
        below = base.get(key)
        if value is None and below is not None:
            continue
        merged[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged | {key: value for key, value in base.items() if key not in over}


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
