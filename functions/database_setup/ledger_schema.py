"""What the payments database has: two tables, and the role that the functions use.

The role may do what a payment needs: look a payment up and add one. It cannot change or delete a
payment, and it owns nothing. The write probe of a failover has one row in a table of its own.
"""

from cluster import Statement

# Any number, the same in every run: of two runs at once, the second waits for the first.
_LOCK_NUMBER = 5432_0010

_LOCK = f"SELECT CAST(pg_advisory_xact_lock({_LOCK_NUMBER}) AS text)"

_CREATE_PAYMENTS = """
CREATE TABLE IF NOT EXISTS payments (
    payment_id   text PRIMARY KEY,
    amount       numeric(15, 2) NOT NULL,
    status       text NOT NULL,
    region       text NOT NULL,
    processed_at timestamptz NOT NULL DEFAULT now()
)
"""

_CREATE_PROBE = """
CREATE TABLE IF NOT EXISTS failover_probe (
    region     text PRIMARY KEY,
    token      text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now()
)
"""

_FIND_ROLE = "SELECT rolname FROM pg_roles WHERE rolname = CAST(:role AS name)"


def set_up(run: Statement, role: str, verifier: str) -> bool:
    """Makes what is missing and sets the role's password; tells whether the role is new."""
    run(_LOCK)
    run(_CREATE_PAYMENTS)
    run(_CREATE_PROBE)
    is_new = not run(_FIND_ROLE, role=role)
    # Neither statement takes parameters.
    run(f'{"CREATE" if is_new else "ALTER"} ROLE "{role}" WITH LOGIN PASSWORD {literal(verifier)}')
    # What an earlier version may have granted ends here.
    run(f'REVOKE ALL ON TABLE payments, failover_probe FROM "{role}"')
    run(f'GRANT USAGE ON SCHEMA public TO "{role}"')
    run(f'GRANT SELECT, INSERT ON TABLE payments TO "{role}"')
    run(f'GRANT SELECT, INSERT, UPDATE ON TABLE failover_probe TO "{role}"')
    return is_new


def literal(text: str) -> str:
    """An SQL literal in letters and digits: the Data API reads a word after a colon as a parameter,
    wherever it is. (PostgreSQL documentation, "String Constants with Unicode Escapes")"""
    escaped = "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):04X}" for letter in text)
    return f"U&'{escaped}'"
