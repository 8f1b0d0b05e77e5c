"""A batch of facts has as many traces as facts: each gets its span, whether they came alone or with others."""

import secrets
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from shared.telemetry import traces


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(traces, "tracer", provider.get_tracer("test"))
    monkeypatch.setattr(traces, "_exporting", True)
    return exporter


@pytest.mark.parametrize("count", [1, 2, 5])
def test_each_fact_of_a_batch_has_a_span_in_its_own_trace(seen: InMemorySpanExporter, count: int) -> None:
    came = [f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01" for _ in range(count)]
    with traces.spans("inbox", came, kind=SpanKind.CONSUMER):
        assert found(seen) == []
    assert [f"00-{span.context.trace_id:032x}-{span.parent.span_id:016x}-01" for span in found(seen)] == came


def test_a_batch_that_fails_says_so_in_all_its_traces_and_nothing_of_what_was_in_it(seen: InMemorySpanExporter) -> None:
    came = [f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01" for _ in range(2)]
    with pytest.raises(ValueError, match="secret"), traces.spans("inbox", came, kind=SpanKind.CONSUMER):
        raise ValueError("secret")
    assert [(span.status.status_code, span.status.description, span.events) for span in found(seen)] == [
        (StatusCode.ERROR, "ValueError", ())
    ] * 2


def found(seen: InMemorySpanExporter) -> list[Any]:
    return list(seen.get_finished_spans())
