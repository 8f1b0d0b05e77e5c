"""One template file → a compiled template that knows only the variables it may use."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import NamedTuple

from jinja2 import Environment, Template, TemplateSyntaxError, meta, nodes

from shared.portals.faults import Fault


class Compiled(NamedTuple):
    code: CodeType
    asked: Sequence[tuple[str, int]]  # each variable that it does not set itself, with the line
    foreign: Sequence[int]  # the lines that take in another file


def compile_template(
    file: Path,
    environment: Environment,
    *,
    variables: frozenset[str],
    secret: frozenset[str] = frozenset(),
    faults: list[Fault],
) -> Template | None:
    """The template, which may use `variables` but none that is `secret`; or None, its faults added to `faults`."""
    found: list[Fault] = []
    try:
        compiled = _compiled(environment, file.read_text("utf-8"))
        found += _wrong_names(file, compiled, variables, secret)
        found += [
            Fault(file, line, "takes in another file: a mail's template stands alone") for line in compiled.foreign
        ]
    except FileNotFoundError:
        found.append(
            Fault(file, 1, "there is no such file; each mail has .subject.txt, .txt and .html in each language")
        )
    except (OSError, UnicodeDecodeError) as error:
        found.append(Fault(file, 1, f"cannot be read: {error}"))
    except TemplateSyntaxError as error:
        found.append(Fault(file, error.lineno, error.message or "is no template"))
    faults += found
    if found:
        return None
    code = compiled.code.replace(co_filename=str(file))
    return Template.from_code(environment, code, dict(environment.globals))


@lru_cache(maxsize=1024)  # portals that extend one and the same portal have its templates in common
def _compiled(environment: Environment, source: str) -> Compiled:
    """Raises TemplateSyntaxError."""
    parsed = environment.parse(source)
    asked = meta.find_undeclared_variables(parsed)
    foreign = parsed.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))
    return Compiled(
        environment.compile(parsed),
        [(node.name, node.lineno) for node in parsed.find_all(nodes.Name) if node.name in asked],
        [node.lineno for node in foreign],
    )


def _wrong_names(file: Path, compiled: Compiled, variables: frozenset[str], secret: frozenset[str]) -> Iterator[Fault]:
    for name, line in compiled.asked:
        if name in secret:
            yield Fault(file, line, f"{name!r} is secret: no subject has it, locked screens and logs show it")
        elif name not in variables:
            names = ", ".join(sorted(variables - secret))
            yield Fault(file, line, f"unknown variable {name!r}; this template may use {names}")
