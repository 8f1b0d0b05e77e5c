"""`guichet`: every command helps with an example, and says what is wrong in one line and a status."""

from collections.abc import Iterator

import pytest
from cyclopts import App
from rich.console import Console

from deploy.cli.main import COMMANDS, application
from tests.support.command import Done, give


def commands(app: App, *path: str) -> Iterator[tuple[str, ...]]:
    names = [name for name in app if not name.startswith("-")]
    for name in names:
        yield from commands(app[name], *path, name)
    if path and not names:
        yield path


EVERY = list(commands(application()))


def given(*command: str, **environment: str) -> Done:
    return give(*command, environment={"GUICHET_DATA": "/nowhere", **environment})


def test_every_command_that_is_promised_is_there() -> None:
    assert {path[0] for path in EVERY} == COMMANDS.keys()


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_its_help_has_an_example(path: tuple[str, ...]) -> None:
    console = Console(width=200)
    with console.capture() as captured:
        application().help_print(list(path), console=console)
    example = captured.get().partition("Example:")[2]
    assert f"guichet {' '.join(path)}" in example


def test_help_is_no_fault() -> None:
    helped = given("up", "--help")
    assert (helped.status, helped.err) == (0, "")
    assert "--no-demo" in helped.out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["unknown"], 'Unknown command "unknown"'),
        (["up", "--unknown"], "Unknown option: --unknown"),
        (["run", "unknown"], "Choose from"),
        (["up", "--kafka", "nowhere"], "--kafka takes HOST:PORT"),
    ],
)
def test_wrong_use_is_told_in_one_line(command: list[str], said: str) -> None:
    done = given(*command)
    assert done.status == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_every_missing_setting_gets_a_line() -> None:
    done = given("run", "notifier", GUICHET_KAFKA_SERVERS="127.0.0.1:1", GUICHET_SMTP_URL="nonsense")
    assert done.status == 2
    assert [line.split(":")[1].strip() for line in done.err.splitlines()] == [
        "GUICHET_DATABASE_URL",
        "GUICHET_PORTALS",
        "GUICHET_SMTP_URL",
        "GUICHET_SEAL_KEYS_FILE",
        "GUICHET_TOKEN_KEYS_FILE",
    ]


@pytest.mark.parametrize(
    ("command", "environment", "said"),
    [
        (["migrate", "auth"], {"GUICHET_DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, "PostgreSQL: "),
        (["migrate", "auth"], {"GUICHET_DATABASE_URL": "owner:canary@host/x"}, "GUICHET_DATABASE_URL: "),
        (["restored", "auth"], {"GUICHET_DATABASE_URL": "owner:canary@host/x"}, "GUICHET_DATABASE_URL: "),
        (["staff", "list"], {"GUICHET_DATABASE_URL": "postgres://owner:canary@host/x"}, "should be 'postgresql'"),
        (["doctor"], {"GUICHET_DATABASE_URL": "owner:canary@host/x"}, "GUICHET_DATABASE_URL: "),
        (["doctor"], {"GUICHET_SMTP_URL": "login:canary@host"}, "GUICHET_SMTP_URL: "),
        (["topics", "plan"], {"GUICHET_KAFKA_SERVERS": "127.0.0.1:1"}, "Kafka: "),
        (["topics", "plan"], {}, "no local stack runs"),
        (["run", "auth"], {"GUICHET_PORTALS_FILE": "/nowhere/file"}, "GUICHET_PORTALS_FILE: cannot be read"),
    ],
)
def test_a_failure_is_told_without_a_traceback(command: list[str], environment: dict[str, str], said: str) -> None:
    done = given(*command, **environment)
    assert done.status in (1, 2)
    assert said in done.err
    assert "Traceback" not in done.err
    assert "canary" not in done.out + done.err
    assert all(line.startswith("guichet: ") for line in done.err.splitlines())
