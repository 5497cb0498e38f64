import unittest
from decimal import Decimal

from deadline import Deadline
from failures import Unavailable
from ledger import Entry
from receipts import Receipts
from tests.fakes import Region
from tests.wire import Wire, reply

ENTRY = Entry("p-1", Decimal("100.00"), "processed", "us-east-2", "2026-11-23T08:09:10Z", True)


class OverTheWire(unittest.TestCase):
    def test_the_receipt_goes_to_its_key_with_the_buckets_own_encryption(self):
        wire = Wire("s3", reply())
        Receipts(wire.client, Region().settings).write(ENTRY, Deadline())
        (request,) = wire.requests
        self.assertEqual(request.method, "PUT")
        self.assertTrue(request.url.endswith("/receipts/p-1.json"), request.url)
        self.assertIn("receipts-us-east-1", request.url)
        self.assertEqual(request.headers["Content-Type"], b"application/json")
        encryption = [name for name in request.headers if "server-side-encryption" in name.lower()]
        self.assertEqual(encryption, [])
        self.assertEqual(request.headers["If-None-Match"], b"*")

    def test_one_that_is_there_is_read_and_left_alone(self):
        conflict = reply(b"<Error><Code>PreconditionFailed</Code></Error>", status=412)
        same = (
            b'{"payment_id":"p-1","amount":"100.00","status":"processed",'
            b'"region":"us-east-2","processed_at":"2026-11-23T08:09:10Z"}'
        )
        wire = Wire("s3", conflict, reply(same))
        Receipts(wire.client, Region().settings).write(ENTRY, Deadline())
        self.assertEqual([request.method for request in wire.requests], ["PUT", "GET"])

    def test_one_that_says_something_else_is_told_and_can_be_replaced(self):
        conflict = reply(b"<Error><Code>PreconditionFailed</Code></Error>", status=412)
        wire = Wire("s3", conflict, reply(b'{"amount":"1.00"}'), reply())
        receipts = Receipts(wire.client, Region().settings)
        self.assertEqual(receipts.write(ENTRY, Deadline()), {"amount": "1.00"})
        receipts.replace(ENTRY, Deadline())
        self.assertEqual([request.method for request in wire.requests], ["PUT", "GET", "PUT"])
        self.assertNotIn("If-None-Match", wire.requests[2].headers)

    def test_one_that_is_none_is_told_as_nothing_known(self):
        for body in (b"", b"[]", b"\xff"):
            conflict = reply(b"<Error><Code>PreconditionFailed</Code></Error>", status=412)
            receipts = Receipts(Wire("s3", conflict, reply(body)).client, Region().settings)
            self.assertEqual(receipts.write(ENTRY, Deadline()), {})

    def test_the_bytes_depend_on_the_row_only(self):
        bodies = set()
        for created, region in ((True, "us-east-1"), (False, "us-east-2")):
            fakes = Region(region)
            entry = Entry(*(getattr(ENTRY, name) for name in list(vars(ENTRY))[:-1]), created)
            Receipts(fakes.bucket, fakes.settings).write(entry, Deadline())
            bodies.add(fakes.bucket.objects["receipts/p-1.json"])
        self.assertEqual(
            bodies,
            {
                (
                    b'{"payment_id":"p-1","amount":"100.00","status":"processed",'
                    b'"region":"us-east-2","processed_at":"2026-11-23T08:09:10Z"}'
                )
            },
        )

    def test_a_refusal_is_unavailability(self):
        wire = Wire("s3", reply(status=403))
        with self.assertRaises(Unavailable) as caught:
            Receipts(wire.client, Region().settings).write(ENTRY, Deadline())
        self.assertEqual(caught.exception.step, "receipt")


if __name__ == "__main__":
    unittest.main()
