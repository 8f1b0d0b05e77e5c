"""One try to get one mail to its server. The secret is in the clear here only, and only while it lasts."""

import structlog
from opentelemetry.trace import Span, SpanKind, StatusCode

from services.notifier.deps import Deps
from services.notifier.domain.attempts import Attempt, Stage, Verdict
from services.notifier.handlers.lease_deliveries import Leased
from services.notifier.mail.addresses import Unmailable
from services.notifier.mail.connect import NotConnected
from services.notifier.mail.connections import Connections
from services.notifier.mail.letters import Letter, write_letter
from shared.sealing import SealBroken, SealKeyUnknown
from shared.telemetry.traces import span

log = structlog.get_logger()


async def send_mail(deps: Deps, connections: Connections, leased: Leased) -> Attempt:
    """What it came to; nothing a mail, a server or the network does is raised."""
    with span("smtp.send", traceparent=leased.delivery.traceparent, kind=SpanKind.CLIENT) as current:
        attempt = await _send(deps, connections, leased)
        _describe(current, leased, attempt)
    return attempt


async def _send(deps: Deps, connections: Connections, leased: Leased) -> Attempt:
    letter = _write(deps, leased)
    if isinstance(letter, Attempt):
        return letter
    try:
        return await connections.send(letter, until=leased.since + deps.pace.handed_in_within)
    except NotConnected as error:
        return Attempt(Verdict.UNREACHABLE, Stage.CONNECT, why=str(error))


def _write(deps: Deps, leased: Leased) -> Letter | Attempt:
    delivery = leased.delivery
    try:
        return write_letter(delivery, leased.contact, deps.portals.by_name(delivery.portal), deps.opener)
    except Unmailable as error:
        return Attempt(Verdict.REJECTED, Stage.COMPOSE, enhanced=error.enhanced, why=str(error))
    except SealBroken:
        log.error("delivery.seal_broken", delivery_id=str(delivery.id))
        return Attempt(Verdict.REJECTED, Stage.COMPOSE, enhanced="5.7.7", why="its seal is broken")
    except SealKeyUnknown:
        log.error("delivery.seal_key_unknown", delivery_id=str(delivery.id))
        return Attempt(Verdict.DEFERRED, Stage.COMPOSE, why="the key it was sealed to is not here")
    except Exception as error:
        # A portal that lacks a template, or a fault of ours: it must not keep other mails from leaving, and may be put
        # right before the deadline. Only the type is told: the text might quote a value.
        log.error("delivery.not_composed", delivery_id=str(delivery.id), error=type(error).__name__)
        return Attempt(Verdict.DEFERRED, Stage.COMPOSE, why=f"could not be written: {type(error).__name__}")


def _describe(current: Span, leased: Leased, attempt: Attempt) -> None:
    if not current.is_recording():
        return
    current.set_attribute("guichet.delivery_id", str(leased.delivery.id))
    current.set_attribute("guichet.mail", leased.delivery.mail.value)
    current.set_attribute("guichet.verdict", attempt.verdict.value)
    current.set_attribute("guichet.stage", attempt.stage.value)
    if attempt.code is not None:
        current.set_attribute("smtp.reply_code", attempt.code)
    if attempt.verdict is not Verdict.SENT:
        current.set_status(StatusCode.ERROR, attempt.verdict.value)
