"""A secret without a value has no version, in any region."""

from __future__ import annotations

import unittest

from botocore.exceptions import ClientError

from tests.support import PRIMARY, STANDBY, Emulator


class SecretTest(unittest.TestCase):
    """One emulator."""

    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())

    def test_a_secret_has_no_version_until_it_gets_a_value(self) -> None:
        secrets = {region: self.emulator.client("secretsmanager", region) for region in (PRIMARY, STANDBY)}
        created = secrets[PRIMARY].create_secret(Name="empty", AddReplicaRegions=[{"Region": STANDBY}])
        self.assertNotIn("VersionId", created)
        for client in secrets.values():
            with self.assertRaisesRegex(ClientError, "ResourceNotFoundException"):
                client.get_secret_value(SecretId="empty")
        secrets[PRIMARY].put_secret_value(SecretId="empty", SecretString="a")
        for client in secrets.values():
            self.assertEqual(client.get_secret_value(SecretId="empty")["SecretString"], "a")


if __name__ == "__main__":
    unittest.main()
