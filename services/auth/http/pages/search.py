"""« Recherche sur ce site »: over the portal's own help, its questions and answers."""

import unicodedata
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.auth.http.current import FoundSession
from shared.web.pages import CurrentPages
from shared.web.routes import PageRoute
from shared.web.visits import CurrentVisit
from shared.web.words import Words

router = APIRouter(route_class=PageRoute)

LONGEST = 200  # characters; of more, the beginning is looked for


@router.get("/search")
async def search(
    request: Request,
    session: FoundSession,
    visit: CurrentVisit,
    pages: CurrentPages,
    wanted: Annotated[str, Query(alias="q")] = "",
) -> Response:
    """In the language the page is shown in: the person's own, where somebody is signed in."""
    asked = " ".join(wanted[:LONGEST].split())
    words = (visit.speaking(session.language) if session else visit).words
    return pages.show(request, "search.html", person=session, asked=asked, found=tuple(matching_topics(words, asked)))


def matching_topics(words: Words, asked: str) -> Iterator[str]:
    """The keys of the help's topics that have a word beginning like each of those asked for, in the page's order."""
    sought = _plain_words(asked)
    for topic in words.parts("help.topics") if sought else ():
        answer = words.lines(f"{topic}.lines", contact="", email="")
        there = _plain_words(" ".join([words.text(f"{topic}.title"), *answer]))
        if all(any(word.startswith(each) for word in there) for each in sought):
            yield topic


def _plain_words(text: str) -> set[str]:
    """As people type who are in a hurry: without accents or capitals, whatever stands between the words."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    bare = (character for character in letters if not unicodedata.combining(character))
    return set("".join(character if character.isalnum() else " " for character in bare).split())
