"""The source as data: what the rules of the architecture are checked against."""

import ast
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]

N = TypeVar("N", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Module:
    path: Path  # relative to the root
    tree: ast.Module

    def __str__(self) -> str:
        return str(self.path)

    @property
    def imported(self) -> set[str]:
        """Top-level names of everything imported, wherever in the file."""
        nodes = list(ast.walk(self.tree))
        plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
        return {name.partition(".")[0] for name in plain | named}

    def at(self, kind: type[N], matches: Callable[[N], object] = lambda _: True) -> list[str]:
        """`file:line` of every such node."""
        return [
            f"{self.path}:{getattr(node, 'lineno', 0)}"
            for node in ast.walk(self.tree)
            if isinstance(node, kind) and matches(node)
        ]


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python file below these folders of the root."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(Module(path.relative_to(ROOT), _parsed(path)) for path in paths)


def _parsed(path: Path) -> ast.Module:
    """Until Python 3.12 the parser takes another thread's depth for its own at times (python/cpython#106905)."""
    for _ in range(5):
        with suppress(SystemError):
            return ast.parse(path.read_text())
    return ast.parse(path.read_text())


def dotted(node: ast.AST) -> str:
    """`os.environ.get` of the expression that says so; "" where it is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""
