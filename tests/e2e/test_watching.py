"""What an operator sees of an activation: each service's metrics, and one trace from the request to the mail server."""

from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
import pytest_asyncio
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from deploy.monitoring.metrics import SERVICES, list_metrics
from tests.support.collector import Collector, run_collector
from tests.support.customer_portal import Customer, SignedIn
from tests.support.desk import HOST
from tests.support.ground import Ground
from tests.support.holder import new_holder
from tests.support.running import Service
from tests.support.waiting import until
from tests.support.world import World

# What counts only what goes wrong, or is held back, has no sample before it does.
QUIET = {
    "guichet_role_failures_total",
    "guichet_inbox_dead_letters_total",
    "guichet_inbox_partitions_replaced_total",
    "guichet_deliveries_paused",
    "guichet_deliveries_waiting",
}
ON_THE_WAY = ("POST /api/v1/activations", "notifier inbox", "smtp.send")


@pytest_asyncio.fixture(scope="module")
async def collector() -> AsyncIterator[Collector]:
    async with run_collector() as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def watched(ground: Ground, collector: Collector) -> AsyncIterator[World]:
    """As production has it: a process for each service, whose metrics are its own."""
    async with ground.world(processes=True, environment=collector.environment) as world:
        yield world


@pytest_asyncio.fixture(scope="module")
async def customer(watched: World) -> Customer:
    """Has asked for a password, received it and signed in; somebody else has linked a contract, and asked the
    notifier something."""
    egec = watched.portal("egec")
    somebody = await egec.customer()
    mail = await egec.activate(somebody)
    assert await egec.sign_in(somebody, mail.password) == SignedIn(somebody)
    await (await new_holder(watched.portal("ecocito"))).linked()
    await watched.http.get("/api/openapi/notifier.json", headers={"host": HOST})
    return somebody


@pytest.mark.parametrize("name", SERVICES)
async def test_each_service_tells_each_metric_with_its_labels(watched: World, customer: Customer, name: str) -> None:
    service: Service = getattr(watched, name)
    expected = {one.name: one for one in list_metrics() if name in one.services}

    async def missing() -> set[str]:
        return expected.keys() - QUIET - {family for family, one in (await told(service)).items() if one.samples}

    async def all_told() -> bool:
        """Some are measured every few seconds only."""
        return not await missing()

    await until(all_told)
    found = await told(service)
    assert expected.keys() - found.keys() == set(), "even what is quiet says what it is"
    for family, metric in expected.items():
        assert (found[family].type, found[family].documentation) == (metric.kind, metric.meaning)
        for sample in found[family].samples:
            assert sample.labels.keys() - {"le"} == set(metric.labels), family


async def test_metrics_say_what_runs_where_it_stands_and_what_was_asked(watched: World, customer: Customer) -> None:
    auth, notifier = await told(watched.auth), await told(watched.notifier)
    [build] = auth["guichet_build_info"].samples
    assert (build.labels["service"], build.value) == ("auth", 1)
    requests = auth["http_server_request_duration_seconds"].samples
    assert {"/api/v1/activations", "/api/v1/sessions"} <= {sample.labels["http_route"] for sample in requests}
    assert {sample.labels["class"] for sample in notifier["guichet_smtp_replies_total"].samples} == {"2xx"}
    read = {(one.labels["topic"], one.labels["partition"]) for one in notifier["guichet_inbox_lag_messages"].samples}
    topics = ("guichet.accounts", "guichet.contacts", "guichet.contracts")
    assert read == {(topic, partition) for topic in topics for partition in "01"}


async def test_a_mail_is_one_trace_from_the_request_to_the_servers_reply(
    watched: World, collector: Collector, customer: Customer
) -> None:
    """request -> outbox -> relay -> inbox -> delivery -> smtp.send"""
    [delivery] = await watched.settled(customer, 1)
    trace_id = bytes.fromhex(delivery["traceparent"].split("-")[1])

    async def whole() -> Mapping[str, tuple[str, Span]]:
        found = {span.name: (service, span) for service, span in spans_of(collector) if span.trace_id == trace_id}
        return found if found.keys() >= set(ON_THE_WAY) else {}

    spans = await until(whole)
    assert [spans[name][0] for name in ON_THE_WAY] == ["guichet-auth", "guichet-notifier", "guichet-notifier"]
    asked, taken, sent = (spans[name][1] for name in ON_THE_WAY)
    assert not asked.parent_span_id, "it begins with the request"
    by_id = {span.span_id: span for _, span in spans.values()}
    assert [first(by_id, span).span_id for span in (taken, sent)] == [asked.span_id] * 2
    assert asked.start_time_unix_nano <= taken.start_time_unix_nano <= sent.start_time_unix_nano
    replied = {one.key: one.value.int_value for one in sent.attributes}
    assert replied["smtp.reply_code"] == 250


def first(by_id: Mapping[bytes, Span], span: Span) -> Span:
    """The one that everything of its trace is below."""
    while span.parent_span_id:
        span = by_id[span.parent_span_id]
    return span


async def told(service: Service) -> dict[str, Metric]:
    """By the name each is asked for."""
    families = text_string_to_metric_families(await service.metrics())
    return {f"{one.name}_total" if one.type == "counter" else one.name: one for one in families}


def spans_of(collector: Collector) -> Iterator[tuple[str, Span]]:
    """With the service that said so."""
    for body in list(collector.posted):
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            [service] = [one.value.string_value for one in resource.resource.attributes if one.key == "service.name"]
            for scope in resource.scope_spans:
                yield from ((service, span) for span in scope.spans)
