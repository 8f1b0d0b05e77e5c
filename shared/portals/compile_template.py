"""One template file → a compiled template that knows only the variables it may use."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, Template, TemplateSyntaxError, meta, nodes

from shared.portals.faults import Fault


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
        parsed = environment.parse(file.read_text("utf-8"))
        wrong = meta.find_undeclared_variables(parsed) - (variables - secret)
        code = environment.compile(parsed, filename=str(file))
        found += _wrong_names(file, parsed, wrong, variables, secret)
        found += _foreign_files(file, parsed)
    except FileNotFoundError:
        found.append(
            Fault(file, 1, "there is no such file; each mail has .subject.txt, .txt and .html in each language")
        )
    except (OSError, UnicodeDecodeError) as error:
        found.append(Fault(file, 1, f"cannot be read: {error}"))
    except TemplateSyntaxError as error:
        found.append(Fault(file, error.lineno, error.message or "is no template"))
    faults += found
    return None if found else Template.from_code(environment, code, dict(environment.globals))


def _wrong_names(
    file: Path, parsed: nodes.Template, wrong: set[str], variables: frozenset[str], secret: frozenset[str]
) -> Iterator[Fault]:
    for node in parsed.find_all(nodes.Name):
        if node.name in wrong & secret:
            yield Fault(
                file, node.lineno, f"{node.name!r} is secret: no subject has it, locked screens and logs show it"
            )
        elif node.name in wrong:
            names = ", ".join(sorted(variables - secret))
            yield Fault(file, node.lineno, f"unknown variable {node.name!r}; this template may use {names}")


def _foreign_files(file: Path, parsed: nodes.Template) -> Iterator[Fault]:
    for node in parsed.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        yield Fault(file, node.lineno, "takes in another file: a mail's template stands alone")
