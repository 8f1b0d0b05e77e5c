"""`guichet seal-keys` and `guichet token-keys`: what secrets are sealed to, and what access tokens are signed with."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from deploy.cli.faults import CommandFailed, WronglyUsed
from deploy.cli.key_sets import LEARNING, Curve, KeptKey, KeyPairFiles, add_key, list_keys, remove_key
from deploy.cli.surroundings import data_folder, setting
from deploy.cli.tables import print_table
from deploy.key_files import KeyFiles, key_files
from services.auth.domain.sessions import ACCESS_LIFETIME
from shared.portals import load_portals

AsJson = Annotated[bool, Parameter(name="--json", negative=())]


@dataclass(frozen=True, slots=True)
class Purpose:
    name: str
    curve: Curve
    local: Callable[[KeyFiles], tuple[Path, Path]]  # the private and the public file of a local stack
    needed_for: Callable[[], timedelta]  # how long what was done with a key may need it, once the next one took over
    why: str


def _longest_delivery() -> timedelta:
    """How long after it was sealed a mail may still be sent, on the most patient portal."""
    policies = [portal.policy for portal in load_portals(Path(setting("auth", "GUICHET_PORTALS")))]
    return max(within for policy in policies for within in (policy.deliver_within, policy.tell_within))


SEAL = Purpose(
    name="seal-keys",
    curve="X25519",
    local=lambda files: (files.seal_private, files.seal_public),
    needed_for=_longest_delivery,
    why="mails sealed to it may still be on their way",
)
TOKEN = Purpose(
    name="token-keys",
    curve="Ed25519",
    local=lambda files: (files.token_private, files.token_public),
    needed_for=lambda: ACCESS_LIFETIME,
    why="tokens signed with it may still be in use",
)


def _rotate(files: KeyPairFiles) -> None:
    key = add_key(files, _now())
    print(f"{key.kid}: in use from {_shown(key.begins)} on; the former keys stay until they are destroyed")


def _list(files: KeyPairFiles, *, as_json: bool) -> None:
    now = _now()
    keys = [_as_dict(key, now) for key in list_keys(files, now)]
    if as_json:
        print(json.dumps(keys))
        return
    print_table(("key", "state", "from", "until"), (list(key.values()) for key in keys))


def _destroy(purpose: Purpose, files: KeyPairFiles, kid: str) -> None:
    now = _now()
    key = next((key for key in list_keys(files, now) if key.kid == kid), None)
    if key is None:
        raise CommandFailed(f"{kid}: no such key; guichet {purpose.name} list shows them")
    if key.ended is None:
        raise CommandFailed(f"{kid}: is {key.state(now)}; only a former key can be destroyed")
    free = key.ended + LEARNING + purpose.needed_for().total_seconds()
    if now < free:
        raise CommandFailed(f"{kid}: {purpose.why} until {_shown(free)}")
    remove_key(files, kid)
    print(f"{kid}: destroyed")


def _commands(purpose: Purpose) -> App:
    app = App(name=purpose.name, help_epilogue=f"Example: `guichet {purpose.name} rotate`")

    @app.command(help_epilogue=f"Example: `guichet {purpose.name} rotate`")
    def rotate(*, private: Path | None = None, public: Path | None = None) -> None:
        """Make a new key. It is used in two minutes, when every process has learnt it.

        Parameters
        ----------
        private
            The key file of the owner; the running local stack's when left out.
        public
            The key file of the others; goes together with --private.
        """
        _rotate(_files(purpose, private, public))

    @app.command(name="list", help_epilogue=f"Example: `guichet {purpose.name} list --json`")
    def list_(*, private: Path | None = None, public: Path | None = None, as_json: AsJson = False) -> None:
        """Show the keys: waiting, in use, former.

        Parameters
        ----------
        private
            The key file of the owner; the running local stack's when left out.
        public
            The key file of the others; goes together with --private.
        as_json
            One JSON array.
        """
        _list(_files(purpose, private, public), as_json=as_json)

    @app.command(help_epilogue=f"Example: `guichet {purpose.name} destroy 0123456789abcdef`")
    def destroy(kid: str, *, private: Path | None = None, public: Path | None = None) -> None:
        """Destroy a former key. Refused while something may still need it.

        Parameters
        ----------
        kid
            The key's id.
        private
            The key file of the owner; the running local stack's when left out.
        public
            The key file of the others; goes together with --private.
        """
        _destroy(purpose, _files(purpose, private, public), kid)

    return app


seal_keys = _commands(SEAL)
token_keys = _commands(TOKEN)


def _files(purpose: Purpose, private: Path | None, public: Path | None) -> KeyPairFiles:
    if private and public:
        return KeyPairFiles(private, public, purpose.curve)
    if private or public:
        raise WronglyUsed("--private and --public go together; without both, the local stack's keys are meant")
    return KeyPairFiles(*purpose.local(key_files(data_folder() / "keys")), purpose.curve)


def _as_dict(key: KeptKey, now: float) -> dict[str, str | None]:
    ended = None if key.ended is None else _shown(key.ended)
    return {"kid": key.kid, "state": key.state(now), "from": _shown(key.begins), "until": ended}


def _shown(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _now() -> float:
    return datetime.now(UTC).timestamp()
