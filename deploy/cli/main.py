"""`guichet`: the one command. Each sub-command is imported when it is asked for, so that all start quickly."""

import logging
import os
import signal
import sys
from importlib.metadata import version

from cyclopts import App, CycloptsError

from deploy.cli.faults import explain
from deploy.cli.tables import cell

WRONG_USE = 2

COMMANDS = {
    "up": "The whole system on this machine, until Ctrl-C.",
    "run": "One service.",
    "migrate": "Bring the services' databases up to date.",
    "restored": "After a database was restored from a backup: what its service told others since.",
    "topics": "Topics and permissions as code: what a cluster lacks, and making it so.",
    "secrets": "The passwords and keys of an installation, as files.",
    "doctor": "What is missing on this machine, and how the running system is.",
    "portals": "Check portals before they are used.",
    "templates": "Check mail templates, and see a mail before it is sent.",
    "accounts": "The customer file, and closing accounts.",
    "contracts": "The file of contracts.",
    "activation-keys": "The keys that link contracts, and the letters that carry them.",
    "staff": "Who works at the desk.",
    "clients": "OAuth clients: machines that may call the desk's API.",
    "deliveries": "What became of each mail.",
    "timeline": "Did this person’s mail leave?",
    "dead-letters": "Messages that could not be handled.",
    "events": "The events, as subscribers see them.",
    "seal-keys": "The keys secrets are sealed to.",
    "token-keys": "The keys tokens are signed with.",
}
# elsewhere than in a module of its own name
MODULES = {"seal-keys": "keys:seal_keys", "token-keys": "keys:token_keys", "secrets": "secret_files:app"}


def application() -> App:
    app = App(
        name="guichet",
        help="The front desk of customer portals: accounts, generated credentials by mail, a support desk.",
        help_epilogue="Example: `guichet up` starts everything on this machine.",
        version=lambda: version("guichet"),
        help_on_error=False,
        exit_on_error=False,
        print_error=False,
        result_action="return_int_as_exit_code_else_zero",
    )
    for name, what in COMMANDS.items():
        module = MODULES.get(name, f"{name.replace('-', '_')}:app")
        app.command(f"deploy.cli.{module}", name=name, help=what)
    return app


def main() -> int:
    """0: done. 1: failed, one line for each fault on stderr. 2: wrong use."""
    logging.getLogger().addHandler(logging.NullHandler())  # a library's remark is no line of ours
    if os.getpid() == 1:  # the kernel keeps from a container's first process what it does not handle
        signal.signal(signal.SIGTERM, _end)
    try:
        return int(application()(sys.argv[1:]) or 0)
    except CycloptsError as error:
        _say(str(error))
        return WRONG_USE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `guichet ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        known = explain(error)
        if known is None:
            raise
        for line in known.lines:
            _say(line)
        return known.status


def _end(number: int, _: object) -> None:
    raise SystemExit(128 + number)


def _say(text: str) -> None:
    print(_line(text), file=sys.stderr)


def _line(text: str) -> str:
    return f"guichet: {cell(text)}"
