import base64
import hashlib
import hmac
import unittest

from scram import ITERATIONS, UnusablePassword, verifier

PASSWORD = "aA1!bB2$cC3"
SALT = b"sixteen bytes !!"


class Verifier(unittest.TestCase):
    """That PostgreSQL keeps the same, emulator/tests/test_database_roles.py asks PostgreSQL."""

    def test_a_client_that_knows_the_password_is_let_in(self):
        # RFC 5802, section 3: what the client proves, and what the server checks it with.
        scheme, rounds, keys = verifier(PASSWORD, SALT).split("$")
        self.assertEqual((scheme, rounds), ("SCRAM-SHA-256", f"4096:{base64.b64encode(SALT).decode()}"))
        stored_key = base64.b64decode(keys.split(":")[0])
        for password, is_let_in in ((PASSWORD, True), (PASSWORD + "x", False)):
            salted = hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, ITERATIONS)
            client_key = hmac.digest(salted, b"Client Key", "sha256")
            proof = bytes(a ^ b for a, b in zip(client_key, hmac.digest(stored_key, b"m", "sha256"), strict=True))
            recovered = bytes(a ^ b for a, b in zip(proof, hmac.digest(stored_key, b"m", "sha256"), strict=True))
            self.assertIs(hashlib.sha256(recovered).digest() == stored_key, is_let_in)

    def test_another_salt_is_another_verifier(self):
        self.assertNotEqual(verifier(PASSWORD, SALT), verifier(PASSWORD, bytes(16)))

    def test_what_would_have_to_be_normalised_is_refused(self):
        for password in ("", "schlüssel", "a\tb", "a\nb"):
            with self.assertRaises(UnusablePassword):
                verifier(password, SALT)


if __name__ == "__main__":
    unittest.main()
