"""What PostgreSQL keeps of a password: a SCRAM-SHA-256 verifier, from which the password cannot be read.

A statement that sets a password may be logged by the database. With a verifier in it the log holds
nothing that lets anybody in. psql's `\\password` does the same.
(RFC 5802, RFC 7677; PostgreSQL documentation, "pg_authid")
"""

import base64
import hashlib
import hmac

# PostgreSQL's own number of rounds, and of bytes of salt.
ITERATIONS = 4096
SALT_BYTES = 16


class UnusablePassword(ValueError):
    """The password would have to be normalised first, which is not done here."""


def verifier(password: str, salt: bytes) -> str:
    """The verifier of a password in printable ASCII, which normalisation leaves as it is."""
    if not password or not password.isascii() or not password.isprintable():
        raise UnusablePassword("the password of the application's secret is not printable ASCII")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored_key = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(salt)}${_text(stored_key)}:{_text(server_key)}"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
