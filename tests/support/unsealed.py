"""`guichet` with sealing switched off: to see that the canary hunt finds what it would have to find."""

import json
import sys
from collections.abc import Mapping

from pydantic import SecretStr

from deploy.cli.main import main
from shared.sealing import Opener, Sealer


def _seal(_: Sealer, secrets: Mapping[str, str], **__: object) -> str:
    return json.dumps(dict(secrets))


def _open(_: Opener, sealed: str, **__: object) -> dict[str, SecretStr]:
    return {name: SecretStr(value) for name, value in json.loads(sealed).items()}


Sealer.seal = _seal  # type: ignore[assignment]
Opener.open = _open  # type: ignore[assignment,method-assign]

if __name__ == "__main__":
    sys.exit(main())
