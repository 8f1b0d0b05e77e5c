"""Whether the process in this container is well: HEALTHCHECK's command, so without anything that takes time to import.

`livez`: it lives. `readyz`: it can do its work, too.
"""

import os
import socket
import sys

PATIENCE = 3.0  # seconds


def main(what: str = "livez") -> int:
    """0: it is well."""
    port = int(os.environ.get("GUICHET_ADMIN_PORT", "0"))
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            connection.sendall(f"GET /{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
    except OSError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    head, _, body = answer.partition(b"\r\n\r\n")
    sys.stdout.write(body.decode(errors="replace"))
    return 0 if b" 200 " in head.partition(b"\r\n")[0] else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
