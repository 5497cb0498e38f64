import json
import unittest
from decimal import Decimal

from claims import LEASE_SECONDS, RETENTION_SECONDS, Claim, Claims
from deadline import Deadline
from failures import Unavailable
from tests.fakes import FakeTable, Region
from tests.wire import Wire, reply
from validation import Payment

HUNDRED = Payment("p-1", Decimal("100.00"))
TWO_HUNDRED = Payment("p-1", Decimal("200.00"))


class OnTheFake(unittest.TestCase):
    def setUp(self):
        self.time = 1_000_000
        self.table = FakeTable()
        self.claims = Claims(self.table, self.table, Region().settings, lambda: self.time)

    def take(self, payment):
        return self.claims.take(payment, Deadline())

    def test_a_free_claim_is_taken_with_a_short_lease(self):
        claim = self.take(HUNDRED)
        self.assertIsNotNone(claim.token)
        self.assertEqual(
            self.table.claim("p-1"),
            {
                "session_id": {"S": "payment#p-1"},
                "amount": {"S": "100.00"},
                "claim_state": {"S": "taken"},
                "claim_token": {"S": claim.token},
                "claim_region": {"S": "us-east-1"},
                "expires_at": {"N": str(self.time + LEASE_SECONDS)},
            },
        )

    def test_a_taken_claim_is_shared_by_the_same_amount_only(self):
        first = self.take(HUNDRED)
        second = self.take(HUNDRED)
        self.assertNotEqual(first.token, second.token)
        self.assertEqual(self.take(TWO_HUNDRED), Claim("p-1", Decimal("100.00"), token=None))
        self.assertEqual(self.table.claim("p-1")["claim_token"], {"S": second.token})

    def test_a_lease_outlives_any_request_and_little_more(self):
        # API Gateway ends requests after 29 seconds; a dead one must not hold another amount up.
        self.assertGreater(LEASE_SECONDS, 29)
        self.assertLessEqual(LEASE_SECONDS, 120)

    def test_an_expired_claim_is_free(self):
        self.take(HUNDRED)
        self.time += LEASE_SECONDS
        self.assertIsNone(self.take(TWO_HUNDRED).token)
        self.time += 1
        self.assertIsNotNone(self.take(TWO_HUNDRED).token)

    def test_a_settled_claim_is_kept_for_days(self):
        self.claims.settle("p-1", Decimal("100.00"), Deadline())
        self.time += RETENTION_SECONDS
        standing = Claim("p-1", Decimal("100.00"), token=None, memory=self.table.claim("p-1"))
        self.assertEqual(self.take(HUNDRED), standing)
        self.assertEqual(self.take(TWO_HUNDRED), standing)
        self.time += 1
        self.assertIsNotNone(self.take(TWO_HUNDRED).token)

    def test_only_our_own_claim_is_released(self):
        first = self.take(HUNDRED)
        second = self.take(HUNDRED)
        self.assertTrue(self.claims.release(first))
        self.assertIsNotNone(self.table.claim("p-1"))
        self.assertTrue(self.claims.release(second))
        self.assertIsNone(self.table.claim("p-1"))

    def test_a_settled_claim_is_not_released(self):
        claim = self.take(HUNDRED)
        self.claims.settle("p-1", Decimal("100.00"), Deadline())
        self.table.claim("p-1")["claim_token"] = {"S": claim.token}
        self.assertTrue(self.claims.release(claim))
        self.assertIsNotNone(self.table.claim("p-1"))

    def test_a_claim_without_token_is_not_released(self):
        self.assertTrue(self.claims.release(Claim("p-1", Decimal("100.00"), token=None)))
        self.assertEqual(self.table.calls, [])


class OverTheWire(unittest.TestCase):
    def test_a_refused_write_tells_the_claim_that_stands(self):
        refusal = reply(
            {
                "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                "message": "The conditional request failed",
                "Item": {"session_id": {"S": "payment#p-1"}, "amount": {"S": "200.00"}},
            },
            status=400,
        )
        wire = Wire("dynamodb", refusal)
        claims = Claims(wire.client, None, Region().settings)
        claim = claims.take(HUNDRED, Deadline())
        self.assertEqual(claim, Claim("p-1", Decimal("200.00"), token=None))
        request = json.loads(wire.requests[0].body)
        self.assertEqual(request["TableName"], "sessions")
        self.assertEqual(request["ReturnValuesOnConditionCheckFailure"], "ALL_OLD")

    def test_no_attribute_in_an_expression_is_a_reserved_word(self):
        # DynamoDB refuses reserved words (region, status, ttl, token, ...) in expressions.
        ours = {"session_id", "expires_at", "amount", "claim_state", "claim_token"}
        wire = Wire("dynamodb", reply({}), reply({}))
        claims = Claims(wire.client, wire.client, Region().settings)
        claims.release(claims.take(HUNDRED, Deadline()))
        for request in wire.requests:
            expression = json.loads(request.body)["ConditionExpression"]
            words = set(expression.replace("(", " ").replace(")", " ").split())
            names = {word for word in words if word.islower() and word[0] != ":"}
            self.assertLessEqual(names - {"attribute_not_exists"}, ours)

    def test_other_errors_are_unavailability_and_take_the_claim_back(self):
        throttled = reply({"__type": "ThrottlingException", "message": "slow"}, status=400)
        wire, release = Wire("dynamodb", throttled), Wire("dynamodb", reply({}))
        claims = Claims(wire.client, release.client, Region().settings)
        with self.assertRaises(Unavailable) as caught:
            claims.take(HUNDRED, Deadline())
        self.assertEqual(caught.exception.reason, "ThrottlingException")
        self.assertIn("DeleteItem", release.requests[0].headers["X-Amz-Target"].decode())


if __name__ == "__main__":
    unittest.main()
