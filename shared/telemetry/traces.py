"""Traces: one from the HTTP request over the outbox and Kafka to the SMTP reply.

Between processes a trace travels as `traceparent` (W3C Trace Context): a column of the outbox, a header in Kafka, a
column of the delivery. Spans are recorded where `OTEL_EXPORTER_OTLP_ENDPOINT` says where to; without it they only carry
the trace's id into the log.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags

tracer = trace.get_tracer("guichet")
_exporting = False  # else nobody sees the spans, and those of a thousand messages take their time all the same


def configure(service: str) -> None:
    """Once a process; `OTEL_*` variables are read by the SDK itself."""
    global _exporting
    if not any(name in os.environ for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")):
        return
    # Imported here: an exporter nobody asked for is a third of a second of the start, and each span some microseconds.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"guichet-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    _exporting = True


def current_traceparent() -> str:
    """The running span's, or a fresh one: a fact always carries one, imports included."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


@contextmanager
def span(name: str, *, traceparent: str | None = None, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span]:
    """A span below `traceparent` where one is given, else below the running one.

    Of an exception only the type is recorded: its text might quote what nobody may read.
    """
    context = None if traceparent is None else trace.set_span_in_context(NonRecordingSpan(_parse(traceparent)))
    with tracer.start_as_current_span(
        name, context=context, kind=kind, record_exception=False, set_status_on_exception=False
    ) as begun:
        try:
            yield begun
        except BaseException as error:
            begun.set_status(StatusCode.ERROR, type(error).__name__)
            raise


@contextmanager
def spans(name: str, traceparents: Sequence[str], *, kind: SpanKind) -> Iterator[None]:
    """Work done for several traces at once: a span below each, where they are exported; none is the running one."""
    if len(traceparents) == 1:
        with span(name, traceparent=traceparents[0], kind=kind):
            yield
        return
    begun = [_begin(name, traceparent, kind) for traceparent in traceparents if _exporting]
    try:
        yield
    except BaseException as error:
        for each in begun:
            each.set_status(StatusCode.ERROR, type(error).__name__)
        raise
    finally:
        for each in begun:
            each.end()


def _begin(name: str, traceparent: str, kind: SpanKind) -> Span:
    above = trace.set_span_in_context(NonRecordingSpan(_parse(traceparent)))
    return tracer.start_span(name, context=above, kind=kind, record_exception=False, set_status_on_exception=False)


def _parse(traceparent: str) -> SpanContext:
    _, trace_id, span_id, flags = traceparent.split("-")
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
