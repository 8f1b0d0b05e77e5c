"""Rules no import contract can express: portals are data, `main` alone reads the environment, domains are pure."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import ROOT, Module, dotted, modules

WORDS = {"default"}  # a portal's name that SQL and Python have as a word of their own
PORTALS = sorted({path.parent.name for path in (ROOT / "deploy" / "portals").glob("*/portal.yaml")} - WORDS)
TEXTS = {".py", ".sql", ".html", ".yaml", ".txt", ".css"}

# Parses what `main` hands it; names the OTEL_* variables that OpenTelemetry's own SDK reads.
MAY_READ_THE_ENVIRONMENT = {"shared/settings.py", "shared/telemetry/traces.py"}

CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
CLOCKS |= {"time.monotonic", "time.perf_counter"}
INPUT_OR_OUTPUT = {"open", "print", "input"}
NOT_FOR_A_DOMAIN = {"asyncio", "logging", "os", "pathlib", "shutil", "socket", "structlog", "subprocess", "threading"}

EMPTY_NAME = re.compile(r"(^|_)(utils?|helpers?|managers?|service|misc|common|repositor(y|ies))$")
EMPTY_CLASS = re.compile(r"^Abstract|(Manager|Helper|Repository|UnitOfWork)$")


def test_service_code_names_no_portal() -> None:
    """A portal is a folder: what only one of them does would have to be policy."""
    name = re.compile(rf"\b({'|'.join(PORTALS)})\b", re.IGNORECASE)
    files = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*") if path.suffix in TEXTS]
    assert PORTALS
    assert files

    assert [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if name.search(line)
    ] == []


def test_only_main_reads_the_environment() -> None:
    bound = [module for module in modules("services", "shared") if module.path.name != "main.py"]
    assert [
        place
        for module in bound
        if str(module) not in MAY_READ_THE_ENVIRONMENT
        for place in (
            *module.at(ast.Attribute, lambda node: dotted(node) in {"os.environ", "os.getenv"}),
            *module.at(ast.ImportFrom, lambda node: node.module == "os" and _names(node) & {"environ", "getenv"}),
        )
    ] == []


def test_domains_are_pure() -> None:
    """No clock, no input or output, nothing asynchronous, nothing that changes once made."""
    domains = [module for module in modules("services") if "domain" in module.path.parts]
    assert domains

    assert [place for module in domains for place in impurities(module)] == []


def impurities(module: Module) -> Iterator[str]:
    yield from module.at(ast.Call, lambda node: dotted(node.func) in CLOCKS | INPUT_OR_OUTPUT)
    yield from module.at(ast.AsyncFunctionDef)
    yield from module.at(ast.ClassDef, lambda node: any(_changes(decorator) for decorator in node.decorator_list))
    yield from (f"{module}: imports {name}" for name in sorted(module.imported & NOT_FOR_A_DOMAIN))


def test_names_say_something() -> None:
    every = modules("services", "shared", "deploy")
    assert [str(module) for module in every if EMPTY_NAME.search(module.path.stem)] == []
    assert [
        place for module in every for place in module.at(ast.ClassDef, lambda node: bool(EMPTY_CLASS.search(node.name)))
    ] == []


def _names(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


def _changes(decorator: ast.expr) -> bool:
    """A dataclass that is not frozen."""
    if isinstance(decorator, ast.Call) and dotted(decorator.func) == "dataclass":
        return not any(word.arg == "frozen" and ast.literal_eval(word.value) for word in decorator.keywords)
    return dotted(decorator) == "dataclass"
