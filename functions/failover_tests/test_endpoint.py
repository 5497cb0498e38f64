"""Health, asked of real servers on loopback."""

import contextlib
import http.server
import threading
import unittest
import urllib.request
from unittest import mock

from endpoint import Endpoint, Health
from failures import Unknown


@contextlib.contextmanager
def serving(answer):
    """A server that lets `answer` do the talking; yields its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            answer(self)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def saying(status, body):
    def answer(handler):
        handler.send_response(status)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextlib.contextmanager
def environment(**variables):
    """These environment variables only, and an opener that has not seen others."""
    with mock.patch.dict("os.environ", variables, clear=True):
        with mock.patch.object(urllib.request, "_opener", None):
            yield


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

    def test_other_answers_are_neither(self):
        for status, body in (
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
