"""What the desk reads is words: every kind of mail and every step has its own, in every language of the desk."""

from typing import get_args

import pytest

from services.notifier.domain.deliveries import State
from services.notifier.domain.mails import Mail
from services.notifier.domain.timelines import Step, Why
from shared.audit import Action, Actor
from shared.ids import Language
from shared.web.operations.own import SERVICES
from shared.web.visits import DESK_LANGUAGES
from shared.web.words import Words

every_language = pytest.mark.parametrize("language", DESK_LANGUAGES)
OURS = {Step.DEFERRED, Step.REJECTED}  # tries that may fail here, before a server is asked


@every_language
def test_every_mail_has_an_answer_for_whatever_it_came_to(language: Language) -> None:
    words = Words(None, language)
    answers = {
        words.text(f"desk.timeline.answer.{why}.head", mail=words.text(f"desk.mail.{mail}"))
        for mail in Mail
        for why in Why
        if why is not Why.NOTHING
    }

    assert len(answers) == len(Mail) * (len(Why) - 1)
    assert all(words.text(f"desk.timeline.answer.{why}.rest") for why in Why)
    assert words.text(f"desk.timeline.answer.{Why.NOTHING}.head", mail="")


@every_language
def test_every_step_is_said(language: Language) -> None:
    words = Words(None, language)
    keys = [*Step, *(f"{step}_here" for step in OURS)]

    said = [
        words.text(f"desk.timeline.step.{key}.{part}")
        for key in keys
        for part in ("head", "rest")
        if (key, part) != (Step.REQUESTED, "head")  # that is the mail's name
    ]

    assert all(said)


@every_language
def test_every_state_is_said(language: Language) -> None:
    assert len({Words(None, language).text(f"desk.deliveries.is.{state}") for state in State}) == len(State)


@every_language
def test_whatever_is_written_down_is_read_in_words(language: Language) -> None:
    words = Words(None, language)
    kinds = get_args(Actor.__annotations__["kind"])

    said = {words.text(f"desk.audit.actions.{action}") for action in get_args(Action)}

    assert len(said) == len(get_args(Action))
    assert all(words.text(f"desk.audit.kinds.{kind}") for kind in kinds)
    assert all(words.text(f"desk.services.{service}") for service in SERVICES)


def test_what_a_later_version_writes_down_is_read_as_it_is() -> None:
    assert (
        Words(None, Language("fr")).known("desk.audit.actions.from_the_future", "from_the_future") == "from_the_future"
    )
