"""The secrets of an installation as files: a folder for each reader, so that each is given its own and no other.

postgres/    PostgreSQL at its first start: the administrator's password, and the roles with theirs
kafka/       who makes Kafka's users: their passwords, as `kafka-configs.sh --add-config-file` reads them
operator/    who migrates and makes topics: the owner roles' URLs, the operator's password at Kafka
auth/ …      each service: its database's URL, its password at Kafka, the private keys it owns
public/      every service: the public halves of the keys
"""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from deploy.cli.faults import CommandFailed
from deploy.files import write_private
from deploy.key_files import KeyFiles, make_key_files

SERVICES = ("auth", "contracts", "notifier")
OPERATOR = "operator"
FOLDERS = ("postgres", "kafka", OPERATOR, *SERVICES, "public")
READ_BY_ANOTHER_USER = ("postgres",)  # its server has a user of its own


def make_secrets(folder: Path, *, postgres: str = "postgres:5432") -> Sequence[str]:
    """Makes what is not there yet, and returns the names of that. `postgres` is HOST:PORT for the URLs.

    Raises CommandFailed where a part of what belongs together is missing: a server that has started knows the former
    passwords, and new ones would shut everybody out. Readable by their owner only.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for reader in FOLDERS:
        (folder / reader).mkdir(exist_ok=True, mode=0o700)
    made = [name for passwords in (_databases(postgres), _brokers()) for name in _written(folder, passwords)]
    for reader in READ_BY_ANOTHER_USER:
        (folder / reader).chmod(0o755)
        for file in (folder / reader).iterdir():
            file.chmod(0o644)
    return [*made, *_keys(folder)]


def renew_passwords(folder: Path, reader: str) -> Sequence[str]:
    """New passwords for one service, or the operator, wherever they stand; returns the names of the files. The servers
    have to be told: until then they know the former ones only.

    Raises OSError where `make_secrets` did not make the files.
    """
    files = _broker_files(reader, secrets.token_hex(24))
    if reader in SERVICES:
        files |= _with_new_passwords(folder, reader)
    for name, text in files.items():
        _replace(folder / name, text)
    return list(files)


def _with_new_passwords(folder: Path, service: str) -> Mapping[str, str]:
    """The files that hold those of its two roles."""
    urls = {f"{service}/database-url": "", f"{OPERATOR}/{service}-url": ""}
    roles = (folder / "postgres/roles.sql").read_text()
    for name in urls:
        url = (folder / name).read_text()
        former, new = urlsplit(url).password or "", secrets.token_hex(24)
        urls[name] = url.replace(f":{former}@", f":{new}@")
        roles = roles.replace(f"'{former}'", f"'{new}'")
    return {**urls, "postgres/roles.sql": roles}


def _replace(path: Path, text: str) -> None:
    """As before readable by the same."""
    was = path.stat()
    write_private(path, text)
    path.chmod(was.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(path, was.st_uid, was.st_gid)


def _written(folder: Path, passwords: Mapping[str, str]) -> Sequence[str]:
    missing = [name for name in passwords if not (folder / name).exists()]
    if len(missing) < len(passwords):
        if missing:
            raise CommandFailed(
                *(f"{folder / name}: is missing, and others made with it are there" for name in missing)
            )
        return []
    for name, text in passwords.items():
        write_private(folder / name, text)
    return missing


def _databases(address: str) -> Mapping[str, str]:
    """A database for each service, with two roles: its owner for migrations, and who the service connects as."""
    files: dict[str, str] = {"postgres/password": secrets.token_hex(24)}
    statements: list[str] = []
    for service in SERVICES:
        runtime, owner = f"guichet_{service}", f"guichet_{service}_owner"
        passwords = {role: secrets.token_hex(24) for role in (runtime, owner)}
        files[f"{service}/database-url"] = f"postgresql://{runtime}:{passwords[runtime]}@{address}/{runtime}"
        files[f"{OPERATOR}/{service}-url"] = f"postgresql://{owner}:{passwords[owner]}@{address}/{runtime}"
        statements += [f"create role {role} login password '{password}';" for role, password in passwords.items()]
        statements += [
            f"create database {runtime} owner {owner};",
            f"revoke all on database {runtime} from public;",
            f"grant connect on database {runtime} to {runtime};",
        ]
    return {**files, "postgres/roles.sql": "\n".join(statements) + "\n"}


def _brokers() -> Mapping[str, str]:
    """A user at Kafka for each service, and one who makes topics: SCRAM, whose server keeps no password."""
    files: dict[str, str] = {}
    for reader in (OPERATOR, *SERVICES):
        files |= _broker_files(reader, secrets.token_hex(24))
    return files


def _broker_files(reader: str, password: str) -> dict[str, str]:
    return {
        f"{reader}/kafka-password": password,
        f"kafka/{reader}.properties": f"SCRAM-SHA-512=iterations=8192,password={password}\n",
    }


def _keys(folder: Path) -> Iterator[str]:
    files = KeyFiles(
        seal_private=folder / "notifier" / "seal-keys.json",
        seal_public=folder / "public" / "seal-keys.json",
        token_private=folder / "auth" / "token-keys.json",
        token_public=folder / "public" / "token-keys.json",
    )
    all_of_them = (files.seal_private, files.seal_public, files.token_private, files.token_public)
    missing = [file for file in all_of_them if not file.exists()]
    make_key_files(files)
    yield from (str(file.relative_to(folder)) for file in missing)
