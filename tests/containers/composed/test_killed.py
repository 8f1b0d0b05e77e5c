"""What dies comes back and goes on with its work, what is stopped ends in good order, and all of it starts soon."""

import asyncio
import time
from datetime import datetime

import pytest
import pytest_asyncio

from tests.containers.engine import docker, inspect
from tests.containers.people import Portals, come_in
from tests.containers.system import ROLES, SERVERS, WORKERS, System
from tests.support.customer_portal import CustomerPortal
from tests.support.holder import Contract, new_holder
from tests.support.waiting import until

# When a container says that it is ready, in epoch seconds.
WATCH = """
import sys, time, urllib.request
for _ in range(3000):
    try: answer = urllib.request.urlopen(f"http://{sys.argv[1]}:9000/readyz", timeout=2).read()
    except OSError: answer = b""
    if b'"ready"' in answer: break
    time.sleep(0.01)
print(time.time())
"""
READY_WITHIN = 3.0  # seconds
TRIES = 4


@pytest_asyncio.fixture(scope="module")
async def imported(system: System) -> None:
    system.import_customers("egec", *(("", _after(name)) for name in (*WORKERS, *SERVERS)))


@pytest.mark.parametrize("name", [*WORKERS, *SERVERS])
async def test_what_is_killed_comes_back_and_the_job_is_done(
    system: System, portals: Portals, imported: None, name: str
):
    container = system.container(name)
    was = inspect(container)["State"]["Pid"]
    docker("kill", container)
    docker("start", container)
    assert inspect(container)["State"]["Pid"] not in (0, was)
    await system.until_well()
    if name.startswith("contracts"):
        await _link(portals("ecocito"))
    else:
        await come_in(portals("egec"), _after(name))


@pytest.mark.parametrize("name", ["auth-relay", "notifier-deliverer"])
async def test_what_ends_by_itself_is_started_again(system: System, name: str):
    """Whom an operator kills stays away until they start it: that is what Docker's `unless-stopped` says."""
    container = system.container(name)
    times = inspect(container)["RestartCount"]
    docker("exec", container, "python", "-c", "import os, signal; os.kill(1, signal.SIGTERM)")
    await until(lambda: inspect(container)["RestartCount"] > times)
    await system.until_well()


async def test_every_worker_finishes_what_it_does_when_it_is_asked_to_end(system: System):
    containers = [system.container(name) for name in WORKERS]
    begun = time.monotonic()
    docker("stop", "--time", "10", *containers)
    print(f"\nall ended after {time.monotonic() - begun:.1f} s")
    states = {container: inspect(container)["State"] for container in containers}
    ends = {container: (state["ExitCode"], state["OOMKilled"]) for container, state in states.items()}
    assert ends == dict.fromkeys(containers, (0, False))
    docker("start", *containers)
    await system.until_well()


async def test_each_service_is_ready_soon(system: System):
    """From the container's start to a report that says so, without the time in which the machine did something else; at
    its best, for its servers have to share the machine as well."""
    for service in ROLES:
        name, took = f"{service}-api", list[float]()
        while len(took) < TRIES and min(took, default=READY_WITHIN) >= READY_WITHIN:
            took.append(await asyncio.to_thread(_restarted, system, name))
        print(f"\n{name} ready after {min(took):.1f} s", end="")
        assert min(took) < READY_WITHIN, name
    await system.until_well()


def _after(name: str) -> str:
    return f"apres-{name}@exemple.fr"


async def _link(portal: CustomerPortal) -> None:
    """Somebody opens an account, links a contract by a key and is told by mail; and the desk links them to another one,
    once contracts has heard of them."""
    holder = await new_holder(portal)
    contract = await holder.linked()
    await until(lambda: holder.mails(contract))
    other = await portal.desk.register_contract(portal.name)
    await until(lambda: _links(portal, other, holder.id))


async def _links(portal: CustomerPortal, contract: Contract, account: str) -> bool:
    return (await portal.desk.link(contract, account)).status_code == 201


def _restarted(system: System, name: str) -> float:
    """Seconds."""
    container = system.container(name)
    docker("stop", "--time", "10", container)
    docker("start", container)
    ready_at = float(docker("exec", system.container("auth-consumer"), "python", "-IS", "-c", WATCH, container))
    _, waited_for_a_core, _ = map(int, docker("exec", container, "cat", "/proc/1/schedstat").split())
    started_at = datetime.fromisoformat(inspect(container)["State"]["StartedAt"]).timestamp()
    return ready_at - started_at - waited_for_a_core / 1e9
