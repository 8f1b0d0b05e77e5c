"""What our own tests may not do: wait for the clock, stand aside, or stand on something invented."""

import ast
import re

import pytest

from tests.architecture.source import dotted, modules

WAITS = "tests/support/waiting.py"  # the one place that may
STANDS_ASIDE = {f"pytest.{verb}" for verb in ("skip", "xfail", "importorskip")}
STANDS_ASIDE |= {f"pytest.mark.{mark}" for mark in ("skip", "skipif", "xfail", "flaky")}


def test_no_test_sleeps() -> None:
    """`sleep(0)` waits for nothing: it lets the others run."""
    assert [
        place
        for module in modules("tests")
        if str(module) != WAITS
        for place in module.at(
            ast.Call, lambda node: dotted(node.func) in {"asyncio.sleep", "time.sleep"} and _waits(node)
        )
    ] == []


def test_no_test_stands_aside() -> None:
    assert [
        place for module in modules("tests") for place in module.at(ast.Attribute, lambda n: dotted(n) in STANDS_ASIDE)
    ] == []


def test_no_test_stands_on_mocks() -> None:
    assert [
        place
        for module in modules("tests")
        for place in module.at(ast.ImportFrom, lambda node: "mock" in (node.module or "").split("."))
    ] == []
    assert not any("mock" in module.imported for module in modules("tests"))


def test_every_process_collects_the_same_tests() -> None:
    """Several run side by side and share the tests out by their names, of which the parameters are a part."""
    chance = {"uuid4", "new_id", "stranger", "random.random", "secrets.token_hex"}
    assert [
        f"{module}:{call.lineno}"
        for module in modules("tests")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func) == "pytest.mark.parametrize"
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and dotted(call.func) in chance
    ] == []


def _waits(call: ast.Call) -> bool:
    return not (isinstance(call.args[0], ast.Constant) and call.args[0].value == 0)


@pytest.mark.parametrize(("seed", "last"), [(0, 12), (1, 18), (2, 14)])
def test_every_behaviour_of_a_document_has_its_end_to_end_test(seed: int, last: int) -> None:
    """S1.1 to S1.18, and so on, by number: a behaviour is done when the test that bears its name passes."""
    assert _named(rf"s{seed}_(\d\d)") == {f"{number:02}" for number in range(1, last + 1)}


def test_what_no_document_has_has_its_end_to_end_tests_too() -> None:
    assert _named(r"b(\d+)") >= {"1", "2", "3", "4", "6", "7", "8", "10", "11", "12"}


def _named(behaviour: str) -> set[str]:
    return {
        match[1]
        for module in modules("tests/e2e")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.AsyncFunctionDef) and (match := re.match(rf"test_{behaviour}_", node.name))
    }
