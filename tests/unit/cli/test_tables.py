"""What a command prints: whole, and harmless."""

import pytest

from deploy.cli.tables import cell, print_table


def test_a_table_is_as_wide_as_what_is_in_it(capsys: pytest.CaptureFixture[str]):
    identifier = "01a1ff87-62c7-772f-850b-e32317ced8c2"
    print_table(("delivery", "last try"), [(identifier, "550 5.7.1 " + "no " * 60), (None, "")])
    heading, line, empty = capsys.readouterr().out.splitlines()
    assert heading == f"{'delivery':36}  last try"
    assert line == f"{identifier}  550 5.7.1 {'no ' * 60}".rstrip()
    assert empty == ""


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b]0;gotcha\x07", r"\x1b]0;gotcha\x07"),
        ("two\r\nlines", r"two\r\nlines"),
        ("\x9b31m", r"\x9b31m"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", r"\u202egpj.exe"),
        ("[bold]Élodie[/] « là »", "[bold]Élodie[/] « là »"),
    ],
)
def test_what_strangers_wrote_does_not_steer_the_terminal(written: str, shown: str):
    assert cell(written) == shown
