"""Health, asked of real servers on loopback."""

import json
import threading
import unittest

from endpoint import Endpoint, Health
from failover_tests.serving import environment, saying, serving
from failures import Unknown


def _standby_that_says(reason):
    checks = {"database": reason, "epoch": "ok"}
    return json.dumps({"failing": ["database"], "checks": checks}).encode()


class Asking(unittest.TestCase):
    def setUp(self):
        clean = environment()
        clean.__enter__()
        self.addCleanup(clean.__exit__, None, None, None)

    def health(self, answer, timeout=4.0):
        with serving(answer) as address:
            return Endpoint(f"http://{address}/live/health", timeout).health()

    def test_a_region_that_takes_payments(self):
        health = self.health(saying(200, b'{"status":"ok","failing":[]}'))
        self.assertTrue(health.takes_payments)
        self.assertFalse(health.only_lacks_the_writer)

    def test_a_good_standby(self):
        health = self.health(saying(503, b'{"failing":["database"]}'))
        self.assertEqual(health, Health(503, ["database"]))
        self.assertTrue(health.only_lacks_the_writer)
        self.assertFalse(health.takes_payments)

    def test_a_good_standby_after_a_failover(self):
        for failing in (b'["database","epoch"]', b'["epoch","database"]'):
            health = self.health(saying(503, b'{"failing":' + failing + b"}"))
            self.assertTrue(health.only_lacks_the_writer)

    def test_a_standby_that_may_be_well_whatever_its_database_says_of_the_role(self):
        """Which code a replica answers with is promised nowhere."""
        for reason in ("read_only", "BadRequestException", "DatabaseUnavailableException", "DatabaseNotFoundException"):
            health = self.health(saying(503, _standby_that_says(reason)))
            self.assertTrue(health.only_lacks_the_writer, reason)

    def test_a_standby_whose_database_no_promotion_would_make_usable(self):
        for reason in (
            *("SecretsErrorException", "InvalidSecretException", "AccessDeniedException", "ForbiddenException"),
            *("HttpEndpointNotEnabledException", "EndpointConnectionError", "ConnectTimeoutError"),
        ):
            health = self.health(saying(503, _standby_that_says(reason)))
            self.assertFalse(health.only_lacks_the_writer, reason)
            self.assertIn(f"failing: database ({reason})", health.describe())

    def test_reasons_of_any_shape(self):
        for checks in (b"null", b"[]", b'"x"', b"{}", b'{"database":null}', b'{"database":{}}'):
            health = self.health(saying(503, b'{"failing":["database"],"checks":' + checks + b"}"))
            self.assertTrue(health.only_lacks_the_writer, checks)

    def test_a_region_that_turns_callers_away_is_there(self):
        for status in (403, 429):
            health = self.health(saying(status, b'{"message":"Too Many Requests"}'))
            self.assertTrue(health.is_overloaded)
            self.assertFalse(health.takes_payments or health.only_lacks_the_writer)
        for status in (200, 404, 500, 503):
            self.assertFalse(self.health(saying(status, b"{}")).is_overloaded)

    def test_a_region_whose_services_throttle_is_there_and_names_them(self):
        health = self.health(saying(429, b'{"status":"overloaded","failing":["session_table"]}'))
        self.assertTrue(health.is_overloaded)
        self.assertEqual(health.describe(), "status 429, failing: session_table")

    def test_other_answers_are_neither(self):
        for status, body in (
            (503, b'{"failing":["epoch"]}'),
            (503, b'{"failing":["database","epoch","receipts"]}'),
            (503, b'{"failing":[]}'),
            (503, b'{"failing":["database","session_table"]}'),
            (503, b'{"failing":"database"}'),
            (503, b"[]"),
            (503, b"Service Unavailable"),
            (503, b""),
            (500, b'{"failing":["database"]}'),
            (404, b"{}"),
            (204, b""),
        ):
            with self.subTest(f"{status} {body}"):
                health = self.health(saying(status, body))
                self.assertEqual(health.status, status)
                self.assertFalse(health.takes_payments or health.only_lacks_the_writer)
                self.assertIn(str(status), health.describe())

    def test_a_server_that_trickles_is_out_of_time(self):
        # Each byte comes within a socket's time limit; the answer never ends.
        gone = threading.Event()

        def trickle(handler):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not gone.wait(0.02):
                handler.wfile.write(b"X: y\r\n")

        self.addCleanup(gone.set)
        with self.assertRaisesRegex(Unknown, "timeout"):
            self.health(trickle, timeout=0.2)

    def test_a_server_that_hangs_up(self):
        with self.assertRaisesRegex(Unknown, "RemoteDisconnected"):
            self.health(lambda handler: handler.connection.close())

    def test_nobody_there(self):
        with serving(saying(200, b"")) as address:
            pass
        with self.assertRaisesRegex(Unknown, "ConnectionRefusedError"):
            Endpoint(f"http://{address}/health").health()

    def test_a_proxy_of_the_environment_is_used(self):
        asked = []

        def proxy(handler):
            asked.append(handler.path)
            saying(200, b"{}")(handler)

        with serving(proxy) as address, environment(http_proxy=f"http://{address}"):
            health = Endpoint("http://pay.invalid/health").health()
        self.assertTrue(health.takes_payments)
        self.assertEqual(asked, ["http://pay.invalid/health"])


if __name__ == "__main__":
    unittest.main()
