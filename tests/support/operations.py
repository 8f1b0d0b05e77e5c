"""What every service offers the desk, each under its own name."""

LETTERS, AUDIT = "/api/v1/dead-letters/{service}", "/api/v1/audit/{service}"
OPERATIONS = {
    ("GET", LETTERS),
    ("GET", LETTERS + "/{letter_id}"),
    ("POST", LETTERS + "/{letter_id}/replay"),
    ("POST", LETTERS + "/{letter_id}/discard"),
    ("GET", AUDIT),
}
