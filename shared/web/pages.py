"""Pages: rendered here, complete without a script, in the visitor's language and the portal's colour."""

from collections.abc import Sequence
from pathlib import Path
from types import CodeType
from typing import Annotated, Protocol
from urllib.parse import urlencode

from fastapi import Depends, Request
from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from starlette.responses import HTMLResponse, RedirectResponse, Response

from shared.ids import Language
from shared.web import assets, cookies
from shared.web.callers import find_caller
from shared.web.forms import csrf_token
from shared.web.moments import clock, day, last_day, moment
from shared.web.visits import Visit, visit_of
from shared.web.words import language_name

OWN_TEMPLATES = Path(__file__).parent / "templates"
REMEMBERED = 365 * 24 * 3600  # seconds a chosen language is kept


class Person(Protocol):
    """Who is signed in, as far as the frame of a page needs to know them."""

    @property
    def name(self) -> str: ...

    @property
    def language(self) -> Language: ...

    @property
    def active_contract(self) -> str | None:
        """What the contract is called that is shown just now; None where there is none."""


class _Compiled(BytecodeCache):
    """What this process has compiled: a role that is started again makes its application anew, and 40 templates take
    a third of a second."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED = _Compiled()


class Pages:
    """The templates of one service, above those that every service shares."""

    def __init__(self, templates: Path) -> None:
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(templates), FileSystemLoader(OWN_TEMPLATES)]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=COMPILED,
        )
        self._environment.globals.update(
            assets=assets,
            language_name=language_name,
            initials=initials,
            moment=moment,
            clock=clock,
            day=day,
            last_day=last_day,
        )
        for name in self._environment.list_templates():
            self._environment.get_template(name)  # one that cannot be compiled stops the start, not a visitor

    @property
    def environment(self) -> Environment:
        """For those who check the templates; pages are made by `show`."""
        return self._environment

    def show(
        self, request: Request, template: str, *, status: int = 200, person: Person | None = None, **values: object
    ) -> HTMLResponse:
        """`person`: who is signed in; the page speaks their language, unless this browser was told another one."""
        visit = visit_of(request)
        if person is not None:
            visit = visit.speaking(person.language)
        token = csrf_token(request)
        known = {
            "visit": visit,
            "portal": visit.portal,
            "words": visit.words,
            "csrf": token,
            "other_languages": _others(request, visit),
            "person": person,
            "staff": find_caller(request.scope),
        }
        content = self._environment.get_template(template).render(known | values)
        response = HTMLResponse(content, status_code=status)
        if request.cookies.get(cookies.CSRF) != token:
            cookies.set_cookie(response, cookies.CSRF, token)
        remember_language(response, visit)
        return response


async def current_pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


CurrentPages = Annotated[Pages, Depends(current_pages)]


def remember_language(response: Response, visit: Visit) -> None:
    """`?lang=` is a choice for the visits to come."""
    if visit.language_asked:
        cookies.set_cookie(response, cookies.LANGUAGE, visit.language, max_age=REMEMBERED)


def initials(name: str) -> str:
    """The face of someone without a picture: Camille Exemple is CE."""
    words = name.split()
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


def see_other(url: str) -> RedirectResponse:
    """After a form that did something: what is shown next can be reloaded without doing it again (303, RFC 9110)."""
    return RedirectResponse(url, status_code=303)


def _others(request: Request, visit: Visit) -> Sequence[tuple[Language, str]]:
    """The portal's other languages, each with the address of this page in it."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return [
        (language, "?" + urlencode([*kept, ("lang", language)]))
        for language in visit.languages
        if language != visit.language
    ]
