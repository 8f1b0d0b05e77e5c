"""From an earlier version to this one: the databases are migrated while that version serves, then its containers go."""

import asyncio
import io
import subprocess
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.containers.engine import IMAGE, docker, inspect
from tests.containers.people import come_in, main_job, people_of
from tests.containers.system import ROLES, SERVERS, WORKERS, System, new_system
from tests.faults.suite.feed import Feed
from tests.support.customer_portal import Customer
from tests.support.holder import signed_in

# « Bring back the notifier's own desk API »: the oldest version that has work for every container of compose.yaml. All
# three databases have been migrated since.
OLDEST = "2e7b739732cf2349704fcab1f281e027c8941f12"
# « Write down a restore, and count a try to sign in, in one place each »: what has closed the issue before.
LAST = "2c71cc98189e0f1fe35a067df73b53d1917d9882"
FORMER = "guichet:before"
# What makes an image of a version that had none yet. Its command still reads parts of `deploy/local`, and a setting it
# does not know ends it.
OF_THE_IMAGE = ("deploy/Dockerfile", "deploy/healthcheck.py", "requirements/build.txt")
LATER_SETTING = "ENV GUICHET_STATIC_MEMBER=true\n"
LOCAL = "deploy/local\n"
CUSTOMERS = 100
SEVERAL, APIS = "auth-api", 2  # of one service there are several, and stay
ASK_EVERY = 0.5  # seconds, each time two


@pytest.fixture(params=[OLDEST, LAST], ids=["oldest", "last"])
def before(request: pytest.FixtureRequest) -> str:
    commit: str = request.param
    return commit


@pytest.fixture
def former(before: str, image: str, tmp_path: Path) -> str:
    history = subprocess.run(("git", "-C", str(ROOT), "archive", before), capture_output=True, check=False)
    said = history.stderr.decode().strip()
    assert history.returncode == 0, (
        f"the history of this clone must reach back to {before} (git fetch --unshallow): {said}"
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
async def test_a_former_version_serves_while_the_databases_are_migrated_and_then_gives_way(
    before: str, former_services: Path
):
    with new_system(former_services) as system:
        system.up()
        system.compose("up", "--wait", "--no-deps", "--no-recreate", "--scale", f"{SEVERAL}={APIS}", SEVERAL)
        async with people_of(system) as portals:
            egec = portals("egec")
            known = await main_job(system, portals, "avant@exemple.fr")
            customers = [Customer(f"{number:010}", f"client.{number}@exemple.fr") for number in range(CUSTOMERS)]
            system.import_customers("egec", *((customer.identifier, customer.email) for customer in customers))
            feed, now = Feed(egec, customers), system.written_over()
            servers = [inspect(system.container(name))["Id"] for name in SERVERS]

            async with feed.flowing(ASK_EVERY):
                for service in ROLES:
                    told = await asyncio.to_thread(now.compose, "run", "--rm", "--no-deps", "-T", f"migrate-{service}")
                    assert before != OLDEST or "up to date" not in told, "else nothing is upgraded here"
                await asyncio.to_thread(now.compose, "run", "--rm", "--no-deps", "-T", "topics")
            assert (feed.wrong, feed.unanswered) == ([], [])
            assert images_of(system) == all_of(FORMER)
            await main_job(system, portals, "pendant@exemple.fr")

            async with feed.flowing(ASK_EVERY):
                await asyncio.to_thread(now.upgrade)
            assert (feed.wrong, feed.unanswered, set(feed.statuses)) == ([], [], {202}), "the proxy holds what is asked"
            assert [inspect(system.container(name))["Id"] for name in SERVERS] == servers
            assert images_of(system) == all_of(IMAGE)
            await signed_in(egec, known.identifier, known.password)
            await main_job(system, portals, "apres@exemple.fr")
            for customer in customers:
                if customer.identifier in feed.promised:
                    await egec.mail(customer)  # before or after
            assert (await come_in(egec, "avant@exemple.fr")).identifier == known.identifier


def test_an_upgrade_where_nothing_runs_says_what_to_do():
    system = System("guichet-nobody", 1, 1)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        system.upgrade()
    assert refused.value.stderr == (
        "upgrade: nothing runs; docker compose -f deploy/compose.yaml up --wait starts it\n"
    )


def images_of(system: System) -> Counter[tuple[str, str]]:
    """How many containers of each service have which image."""
    configs = [inspect(container)["Config"] for container in system.workers()]
    return Counter((config["Labels"]["com.docker.compose.service"], config["Image"]) for config in configs)


def all_of(image: str) -> Counter[tuple[str, str]]:
    return Counter({(name, image): APIS if name == SEVERAL else 1 for name in WORKERS})
