"""`next`: nobody is led to another site by an address of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.http.pages.way_back import renewed, way_back


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/contracts",
        "/contracts/link?from=mail",
        "/account/services",
        "/search?q=d%C3%A9chets&page=2",
        "/a//b",
        "/signs",
    ],
)
def test_a_path_of_this_host_is_led_to(path: str):
    assert way_back(path) == path


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "contracts",
        "https://example.org/",
        "//example.org",
        "///example.org",
        "/\\example.org",
        "\\\\example.org",
        "/\t/example.org",
        "/\n/example.org",
        " //example.org",
        "\x00//example.org",
        "javascript:alert(1)",
        "data:text/html,x",
        "/contracts\r\nSet-Cookie: x=1",
        "/contracts#fragment",
        "/é",
        "/" + "x" * 1024,
        "/sign-in?next=/contracts",
        "/sign-out",
    ],
)
def test_whatever_else_is_asked_for_leads_nowhere(wanted: str | None):
    assert way_back(wanted) is None


@given(st.text(alphabet="/\\.:?#@%\t\n\r 09azé", max_size=12))
def test_what_is_led_to_never_names_a_host(wanted: str):
    led = way_back(wanted)
    if led is not None:
        assert led == wanted
        assert led.startswith("/")
        assert not led[1:2] or led[1] not in "/\\"
        assert led.isascii()
        assert led.isprintable()


def test_the_page_is_told_that_its_visitor_comes_from_here():
    assert renewed("/contracts") == "/contracts?renewed=1"
    assert renewed("/contracts?page=2") == "/contracts?page=2&renewed=1"
