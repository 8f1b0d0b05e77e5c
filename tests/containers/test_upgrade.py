"""From an earlier version to this one: the databases are migrated while that version serves, then its containers go."""

import asyncio
import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.containers.engine import docker, inspect
from tests.containers.people import come_in, main_job, people_of
from tests.containers.system import ROLES, WORKERS, new_system
from tests.faults.suite.feed import Feed
from tests.support.customer_portal import Customer
from tests.support.holder import signed_in

# « Bring back the notifier's own desk API »: the oldest version that has work for every container of compose.yaml. All
# three databases have been migrated since; the version that closed the issue before has the migrations of this one.
BEFORE = "2e7b739732cf2349704fcab1f281e027c8941f12"
FORMER = "guichet:before"
# What makes an image of a version that had none yet. Its command still reads parts of `deploy/local`, and a setting it
# does not know ends it.
OF_THE_IMAGE = ("deploy/Dockerfile", "deploy/healthcheck.py", "requirements/build.txt")
LATER_SETTING = "ENV GUICHET_STATIC_MEMBER=true\n"
LOCAL = "deploy/local\n"
CUSTOMERS = 20


@pytest.fixture
def former(image: str, tmp_path: Path) -> str:
    history = subprocess.run(("git", "-C", str(ROOT), "archive", BEFORE), capture_output=True, check=False)
    said = history.stderr.decode().strip()
    assert history.returncode == 0, (
        f"the history of this clone must reach back to {BEFORE} (git fetch --unshallow): {said}"
    )
    sources = tmp_path / "sources"
    with tarfile.open(fileobj=io.BytesIO(history.stdout)) as archive:
        archive.extractall(sources, filter="data")
    for name in OF_THE_IMAGE:
        (sources / name).write_bytes((ROOT / name).read_bytes())
    dockerfile = sources / "deploy" / "Dockerfile"
    assert LATER_SETTING in dockerfile.read_text()
    dockerfile.write_text(dockerfile.read_text().replace(LATER_SETTING, ""))
    ignored = (ROOT / ".dockerignore").read_text()
    assert LOCAL in ignored
    (sources / ".dockerignore").write_text(ignored.replace(LOCAL, ""))
    docker("build", "-q", "-f", str(dockerfile), "-t", FORMER, str(sources))
    return FORMER


@pytest.fixture
def former_services(former: str, tmp_path: Path) -> Path:
    """Over compose.yaml: the services of the former version, with databases as it migrated them."""
    services = dict.fromkeys(WORKERS, f"{{image: {former}}}")
    services |= {f"migrate-{name}": f"{{image: {former}, command: [migrate, {name}]}}" for name in ROLES}
    file = tmp_path / "former.yaml"
    file.write_text("services:\n" + "".join(f"  {name}: {what}\n" for name, what in services.items()))
    return file


@pytest.mark.timeout(600)
async def test_a_former_version_serves_while_the_databases_are_migrated_and_then_gives_way(former_services: Path):
    with new_system(former_services) as system:
        system.up()
        async with people_of(system) as portals:
            egec = portals("egec")
            known = await main_job(system, portals, "avant@exemple.fr")
            customers = [Customer(f"{number:010}", f"client.{number}@exemple.fr") for number in range(CUSTOMERS)]
            system.import_customers("egec", *((customer.identifier, customer.email) for customer in customers))
            feed, now = Feed(egec, customers), system.written_over()

            async with feed.flowing(0.5):
                for service in ROLES:
                    told = await asyncio.to_thread(now.compose, "run", "--rm", "--no-deps", "-T", f"migrate-{service}")
                    assert "up to date" not in told, "else nothing is upgraded here"
                await asyncio.to_thread(now.compose, "run", "--rm", "--no-deps", "-T", "topics")
            assert (feed.wrong, feed.unanswered) == ([], [])
            assert {inspect(system.container(name))["Config"]["Image"] for name in WORKERS} == {FORMER}
            await main_job(system, portals, "pendant@exemple.fr")

            await asyncio.to_thread(now.up)
            assert FORMER not in {inspect(system.container(name))["Config"]["Image"] for name in WORKERS}
            await system.until_well()
            await signed_in(egec, known.identifier, known.password)
            await main_job(system, portals, "apres@exemple.fr")
            for customer in customers:
                if customer.identifier in feed.promised:
                    await egec.mail(customer)  # before or after
            assert (await come_in(egec, "avant@exemple.fr")).identifier == known.identifier
