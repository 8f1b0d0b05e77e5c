"""Moments as pages show them: in the time of the place where the service runs (`TZ`), in the words of whoever reads."""

from datetime import datetime, timedelta

from markupsafe import Markup

from shared.web.words import Words

_TIME = Markup('<time datetime="{iso}">{said}</time>')


def moment(words: Words, at: datetime) -> Markup:
    """« aujourd’hui à 14:03:22 »; of another day, its date and the minute."""
    local = at.astimezone()
    if local.date() == datetime.now().astimezone().date():
        said = words.text("moment.today", clock=local.strftime("%H:%M:%S"))
    else:
        said = words.text("moment.another_day", day=_day(words, local), clock=local.strftime("%H:%M"))
    return _TIME.format(iso=local.isoformat(timespec="milliseconds"), said=said)


def clock(at: datetime) -> Markup:
    """« 14:03:22 », where the day is said elsewhere."""
    local = at.astimezone()
    return _TIME.format(iso=local.isoformat(timespec="milliseconds"), said=local.strftime("%H:%M:%S"))


def day(words: Words, at: datetime) -> Markup:
    """« 14 juillet 2026 »."""
    local = at.astimezone()
    return _TIME.format(iso=local.date().isoformat(), said=_day(words, local))


def last_day(words: Words, end: datetime) -> Markup:
    """The last day that is whole before `end`: a date that something lasts until means the whole day."""
    return day(words, end.astimezone() - timedelta(days=1))


def _day(words: Words, local: datetime) -> str:
    month = words.text("moment.months").split()[local.month - 1]
    number = words.text("moment.first") if local.day == 1 else local.day
    return words.text("moment.day", number=number, month=month, year=local.year)
