"""Forks processes that have done their importing already. A start of `guichet` is two seconds of that, and of reading
portals; what comes after is each process's own: its arguments, environment and output, its signals and its end.

`python -m tests.support.fork_server FD`: asked over that socket, it ends with whoever asks.
"""

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
from collections.abc import Sequence

import deploy.cli
from services.auth import app as auth
from services.contracts import app as contracts
from services.notifier import app as notifier
from shared.ids import Language
from shared.portals import load_portals
from shared.web.pages import Pages
from shared.web.words import product_words
from tests.support.portals import DELIVERED

SERVICES = ("auth", "contracts", "notifier")
BEHIND_THEM = ("uvicorn.lifespan.on", "uvicorn.loops.uvloop", "uvicorn.protocols.http.httptools_impl")
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def prepare() -> None:
    commands = [f"deploy.cli.{found.name}" for found in pkgutil.iter_modules(deploy.cli.__path__)]
    for name in (*commands, *(f"services.{service}.main" for service in SERVICES), *BEHIND_THEM):
        if not name.endswith("__main__"):
            importlib.import_module(name)
    load_portals(DELIVERED)
    for templates in (auth.TEMPLATES, contracts.TEMPLATES, notifier.TEMPLATES):
        Pages(templates)
    for language in ("fr", "en"):
        product_words(Language(language))
    gc.collect()
    gc.freeze()  # pages that are looked through are pages that are copied


def serve(asked: socket.socket) -> str:
    """Returns in each process that is asked for, with the program that it is to be."""
    while True:
        request, files, _, _ = socket.recv_fds(asked, 1 << 20, 4)
        if not request:
            sys.exit()
        if os.fork() == 0:
            asked.close()
            return _watched(*files, **json.loads(request))
        for file in files:
            os.close(file)
        _forget_the_dead()


def _watched(stdin: int, stdout: int, stderr: int, status: int, *, program: str, argv: Sequence[str], env: dict) -> str:  # type: ignore[type-arg]
    """Between the server and the process stands one that waits for its end, and tells it."""
    _die_with_the_parent()
    pid = os.fork()
    if pid == 0:
        os.close(status)
        _become(stdin, stdout, stderr, argv, env)
        return program
    for file in (stdin, stdout, stderr):
        os.close(file)
    os.write(status, str(pid).encode())
    _, ended = os.waitpid(pid, 0)
    os.write(status, str(os.waitstatus_to_exitcode(ended)).encode())
    os._exit(0)


def _become(stdin: int, stdout: int, stderr: int, argv: Sequence[str], env: dict[str, str]) -> None:
    _die_with_the_parent()
    os.setsid()
    for number, file in enumerate((stdin, stdout, stderr)):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(env)
    sys.argv[1:] = argv
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(write_through="PYTHONUNBUFFERED" in env)  # type: ignore[union-attr]


def _die_with_the_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def _forget_the_dead() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    prepare()
    program = serve(socket.socket(fileno=int(sys.argv[1])))
    if program.endswith(".py"):
        runpy.run_path(program, run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
