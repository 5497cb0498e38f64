import json
import threading
import unittest

from failover_tests.serving import environment, saying, serving
from failover_tests.support import OWN
from payment_client import PaymentClient, Receipt

ACKNOWLEDGED = json.dumps({"payment_id": "p-1", "status": "processed", "region": OWN}).encode()


class Paying(unittest.TestCase):
    def setUp(self):
        clean = environment()
        clean.__enter__()
        self.addCleanup(clean.__exit__, None, None, None)

    def pay(self, answer, timeout=5.0):
        client = PaymentClient("pay.example.com", timeout)
        self.assertEqual(client._url, "https://pay.example.com/payments")
        with serving(answer) as address:
            # Loopback has no certificate; all else is as it is.
            client._url = f"http://{address}/payments"
            return client.pay("p-1")

    def test_the_request_is_a_customers(self):
        requests = []

        def answer(handler):
            length = int(handler.headers["Content-Length"])
            body = json.loads(handler.rfile.read(length), parse_float=str)
            requests.append((handler.command, handler.path, handler.headers["Content-Type"], body))
            saying(200, ACKNOWLEDGED)(handler)

        self.assertEqual(self.pay(answer), Receipt(region=OWN))
        body = {"payment_id": "p-1", "amount": "0.01"}
        self.assertEqual(requests, [("POST", "/payments", "application/json", body)])

    def test_refusals_have_a_reason(self):
        for status in (403, 409, 429, 500, 503, 504):
            self.assertEqual(self.pay(saying(status, b"{}")), Receipt(refusal=f"status {status}"))

    def test_a_connection_that_breaks(self):
        receipt = self.pay(lambda handler: handler.connection.close())
        # A close with something still unread is a reset (RFC 1122, section 4.2.2.13).
        self.assertIn(receipt.refusal, ("RemoteDisconnected", "ConnectionResetError"))

    def test_nobody_there(self):
        with serving(saying(200, b"")) as address:
            pass
        client = PaymentClient("pay.example.com")
        client._url = f"http://{address}/payments"
        self.assertEqual(client.pay("p-1"), Receipt(refusal="ConnectionRefusedError"))

    def test_a_region_that_hangs_costs_one_time_limit(self):
        gone = threading.Event()
        self.addCleanup(gone.set)

        def hang(handler):
            while not gone.wait(0.02):
                handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

        self.assertEqual(self.pay(hang, timeout=0.2), Receipt(refusal="timeout"))


if __name__ == "__main__":
    unittest.main()
