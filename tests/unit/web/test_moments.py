"""When something was, as pages say it."""

from datetime import datetime, timedelta

import pytest

from shared.ids import Language
from shared.web.moments import clock, day, last_day, moment
from shared.web.words import Words

FRENCH, ENGLISH = (Words(None, Language(language)) for language in ("fr", "en"))


def here(*parts: int) -> datetime:
    return datetime(*parts).astimezone()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "said"), [(FRENCH, "le 14 juillet 2024 à 14:03"), (ENGLISH, "on 14 July 2024 at 14:03")]
)
def test_another_day_is_named_and_the_minute(words: Words, said: str) -> None:
    at = here(2024, 7, 14, 14, 3, 22)

    assert moment(words, at) == f'<time datetime="{at.isoformat(timespec="milliseconds")}">{said}</time>'


def test_today_is_told_to_the_second() -> None:
    now = datetime.now().astimezone()

    assert f"aujourd’hui à {now:%H:%M:%S}" in moment(FRENCH, now)
    assert "today" not in moment(ENGLISH, now - timedelta(days=1))


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    first = here(2024, 8, 1)

    assert day(FRENCH, first) == '<time datetime="2024-08-01">1ᵉʳ août 2024</time>'
    assert day(ENGLISH, first) == '<time datetime="2024-08-01">1 August 2024</time>'


def test_a_clock_alone_says_no_day() -> None:
    assert ">14:03:22</time>" in clock(here(2024, 7, 14, 14, 3, 22))


def test_what_lasts_until_a_morning_has_the_evening_before_as_its_last_day() -> None:
    assert last_day(FRENCH, here(2024, 8, 1, 5, 41)) == day(FRENCH, here(2024, 7, 31))
