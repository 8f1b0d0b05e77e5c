"""The image: small, confined, the same each time, and plain about what it is told wrongly."""

import re
import time
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.containers.engine import BASE, HEALTH, ask, docker, inspect, run, running
from tests.support.waiting import until

AT_MOST = 250_000_000  # bytes over the base
READY_WITHIN = 3.0  # seconds
PACKAGES = "/opt/guichet/lib/python3.13/site-packages"
FORBIDDEN_PATHS = [f"{PACKAGES}/{name}" for name in ("tests", "benchmarks", "deploy/local", "pip", "pytest*", "mypy")]
FORBIDDEN_NAMES = ("demo", ".cache", ".git*", "*.whl", "*.c", "gcc", "cc")


def auth_options(secrets: Path) -> tuple[str, ...]:
    settings = {
        "DATABASE_URL_FILE": "/secrets/auth/database-url",
        "KAFKA_SERVERS": "127.0.0.1:1",
        "KAFKA_USERNAME": "auth",
        "KAFKA_PASSWORD_FILE": "/secrets/auth/kafka-password",
        "SEAL_KEYS_FILE": "/secrets/public/seal-keys.json",
        "TOKEN_KEYS_FILE": "/secrets/auth/token-keys.json",
    }
    told = [word for name, value in settings.items() for word in ("--env", f"GUICHET_{name}={value}")]
    return ("--volume", f"{secrets}:/secrets:ro", *told)


def test_it_is_small_over_its_base(image: str):
    over = inspect(image)["Size"] - inspect(BASE)["Size"]
    print(f"\nthe image: {over / 1e6:.0f} MB over {BASE}")
    assert over <= AT_MOST


def test_it_says_what_it_is_and_runs_as_nobody_in_particular(image: str):
    config = inspect(image)["Config"]
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["guichet"]
    assert "healthcheck.py" in " ".join(config["Healthcheck"]["Test"])
    labels = {name.rpartition(".")[2] for name in config["Labels"] if name.startswith("org.opencontainers.image.")}
    assert labels >= {"title", "description", "licenses", "version", "revision"}
    assert [name for name in config["Env"] if re.search("PASSWORD|TOKEN|URL", name)] == []


def test_it_holds_no_tests_no_compiler_and_nothing_of_the_local_stack(image: str):
    sought = [f"-path '{path}'" for path in FORBIDDEN_PATHS] + [f"-name '{name}'" for name in FORBIDDEN_NAMES]
    look = rf"find /opt /secrets /tmp /root /home /usr/bin /usr/local/bin \( {' -o '.join(sought)} \) -print"
    assert docker("run", "--rm", "--user", "0", "--entrypoint", "sh", image, "-c", look) == ""
    assert ask("run", "--rm", "--entrypoint", "python", image, "-c", "import deploy.local").status == 1


def test_the_same_sources_make_the_same_layers(image: str):
    again = docker("build", "-q", "--no-cache", "-f", str(ROOT / "deploy" / "Dockerfile"), str(ROOT)).strip()
    assert inspect(again)["RootFS"]["Layers"] == inspect(image)["RootFS"]["Layers"]
    if again != inspect(image)["Id"]:
        docker("rmi", again)


def test_a_command_works_confined(image: str):
    assert re.fullmatch(r"\d+\.\d+\.\d+", run("--version").out.strip())
    assert "egec: right" in run("portals", "check").out
    assert "clone of the sources" in run("up").err


def test_every_wrong_setting_is_told_at_once(image: str):
    done = run("run", "notifier", options=("--env", "GUICHET_SMTP_URL=nonsense", "--env", "GUICHET_DATABSE_URL=x"))
    assert done.status == 2
    told = {line.split(":")[1].strip() for line in done.err.splitlines()}
    missing = {"GUICHET_DATABASE_URL", "GUICHET_KAFKA_SERVERS", "GUICHET_SEAL_KEYS_FILE", "GUICHET_TOKEN_KEYS_FILE"}
    assert told == {"GUICHET_DATABSE_URL", "GUICHET_SMTP_URL", *missing}


@pytest.mark.parametrize(
    ("command", "setting", "what"),
    [
        (("migrate", "auth"), "GUICHET_DATABASE_URL=postgresql://a:b@127.0.0.1:1/a", "the database"),
        (("topics", "apply"), "GUICHET_KAFKA_SERVERS=127.0.0.1:1", "Kafka"),
    ],
)
def test_a_job_waits_for_its_server_with_a_bound_and_says_so_once(
    image: str, command: tuple[str, ...], setting: str, what: str
):
    done = run(*command, "--wait", "3", options=("--env", setting))
    assert done.status == 1
    first, *others = done.err.splitlines()
    assert first.startswith(f"{what} cannot be used yet, waiting at most 3 s: ")
    assert "Connect call failed ('127.0.0.1', 1)" in first
    assert len(others) == 1


async def test_a_service_waits_for_its_servers_and_says_so_once(image: str, secrets: Path):
    with running("run", "auth", "--role", "relay", options=auth_options(secrets)) as container:
        await until(lambda: _failures(container) == 3)  # relay, outbox and doorbell
        begun = time.monotonic()
        await until(lambda: time.monotonic() - begun > 5)  # each has tried several times by then
        assert _failures(container) == 3
        assert '"unavailable"' in ask("exec", container, *HEALTH, "readyz").out


async def test_it_is_ready_soon_and_ends_in_good_order(image: str, secrets: Path):
    """Of the machine's time: how long that takes also says what else the machine does."""
    with running("run", "auth", options=auth_options(secrets)) as container:
        begun = time.monotonic()
        await until(lambda: ask("exec", container, *HEALTH).status == 0)
        waited = time.monotonic() - begun
        ticks = docker("exec", container, "cat", "/proc/1/stat").rpartition(")")[2].split()
        worked = (int(ticks[11]) + int(ticks[12])) / 100
        print(f"\nready after {waited:.1f} s, {worked:.1f} s of them at work")
        assert worked <= READY_WITHIN

        begun = time.monotonic()
        docker("stop", "--time", "10", container)
        print(f"ended after {time.monotonic() - begun:.1f} s")
        assert inspect(container)["State"]["ExitCode"] == 0


async def test_a_job_that_waits_ends_when_it_is_asked_to(image: str):
    settings = ("--env", "GUICHET_DATABASE_URL=postgresql://a:b@127.0.0.1:1/a")
    with running("migrate", "auth", "--wait", "60", options=settings) as container:
        await until(lambda: "waiting" in ask("logs", container).err)
        docker("stop", "--time", "10", container)
        assert inspect(container)["State"]["ExitCode"] in (130, 143)


def _failures(container: str) -> int:
    log = ask("logs", container)
    return (log.out + log.err).count('"role.failed"')
