"""Claims: who works on which payment, in the DynamoDB session table.

A claim keeps two requests that use one payment_id for different amounts apart before either
reaches the database, and remembers acknowledged payments for a while. It does not decide
whether a payment exists. It cannot: the table is a global table whose replicas accept writes
on their own and settle collisions by "last writer wins", so two regions can both get their
conditional write through. The ledger has one writer and a primary key; it decides.

Life of a claim: taken (short lease) -> settled (kept for days), or taken -> released. A taken
claim never stops a request for the same amount: that request takes the claim over, and the
ledger lets only one row in. So a claim whose owner died blocks nobody.

A settled claim without a row is the memory of a payment that an unplanned failover has lost. It
stops nobody either. Whoever takes the id for another amount writes down first what was lost, in an
item of its own, because the claim will not remember it any longer.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deadline import Deadline
from failures import Unavailable
from region_settings import RegionSettings
from validation import Payment

STEP = "session_table"
# Longer than any invocation lives, so a lease never ends under an owner at work.
LEASE_SECONDS = 60
RETENTION_SECONDS = 7 * 24 * 3600

_TAKEN = "taken"
_SETTLED = "settled"
_LOST = "lost"
_REFUSED = "ConditionalCheckFailedException"

# DynamoDB deletes expired items hours or days late, hence the comparison with the clock.
_FREE_OR_SHARED = "attribute_not_exists(session_id) OR expires_at < :now OR (amount = :amount AND claim_state = :taken)"
_STILL_OURS = "claim_token = :token AND claim_state = :taken"
# The very memory that was seen, and no later one.
_STILL_REMEMBERED = "claim_state = :settled AND amount = :amount AND expires_at = :expires_at"


@dataclass(frozen=True)
class Claim:
    """A claim on a payment_id. `token` is None where it is settled or belongs to another
    request: there is nothing to give back then. `memory` is the item of a settled one.
    """

    payment_id: str
    amount: Decimal
    token: str | None
    memory: dict[str, Any] | None = None


class Claims:
    """Claims in this region's replica of the session table."""

    def __init__(
        self,
        client: Any,
        release_client: Any,
        settings: RegionSettings,
        now: Callable[[], float] = time.time,
    ):
        self._client = client
        self._release_client = release_client
        self._table = settings.session_table
        self._region = settings.region
        self._now = now

    def take(self, payment: Payment, deadline: Deadline) -> Claim:
        """Takes the claim if it is free, expired, or held for the same amount; otherwise
        returns the claim that stands."""
        deadline.check(STEP)
        claim = Claim(payment.payment_id, payment.amount, token=uuid.uuid4().hex)
        try:
            self._client.put_item(
                TableName=self._table,
                Item=self._item(claim, _TAKEN, LEASE_SECONDS),
                ConditionExpression=_FREE_OR_SHARED,
                ExpressionAttributeValues={
                    ":now": {"N": str(int(self._now()))},
                    ":amount": {"S": str(payment.amount)},
                    ":taken": {"S": _TAKEN},
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except (ClientError, BotoCoreError) as error:
            standing = _standing_item(error)
            if standing is None:
                # A write whose answer was lost may have arrived.
                self.release(claim)
                raise Unavailable.because_of(STEP, error) from error
            return _standing_claim(payment.payment_id, standing)
        return claim

    def take_over(self, standing: Claim, payment: Payment, deadline: Deadline) -> Claim:
        """Takes the claim of a settled payment that is not in the ledger, and writes down that
        this payment is lost. Of two requests at once, one gets it."""
        claim = Claim(payment.payment_id, payment.amount, token=uuid.uuid4().hex)
        memory = standing.memory or {}
        self._put(deadline, Item=_lost_item(payment.payment_id, memory))
        self._put(
            deadline,
            Item=self._item(claim, _TAKEN, LEASE_SECONDS),
            ConditionExpression=_STILL_REMEMBERED,
            ExpressionAttributeValues={
                ":settled": {"S": _SETTLED},
                ":amount": memory["amount"],
                ":expires_at": memory["expires_at"],
            },
        )
        return claim

    def note_lost_receipt(self, payment_id: str, amount: str, region: str, deadline: Deadline) -> None:
        """Writes down that a receipt stands for a payment which the ledger does not have. Whether
        it was acknowledged, a receipt does not tell; what a claim has told stays."""
        memory = {
            "amount": {"S": amount},
            "claim_region": {"S": region},
            "expires_at": {"N": str(int(self._now()) + RETENTION_SECONDS)},
            "known_from": {"S": "receipt"},
        }
        only_if_new = {"ConditionExpression": "attribute_not_exists(session_id)"}
        try:
            self._put(deadline, Item=_lost_item(payment_id, memory), **only_if_new)
        except Unavailable as failure:
            if failure.reason != _REFUSED:
                raise

    def settle(self, payment_id: str, amount: Decimal, deadline: Deadline) -> None:
        """Remembers an acknowledged payment. No condition: the row is committed, so whatever
        stands here is outdated. After a failover this record tells which acknowledged payments
        the promoted database never received."""
        claim = Claim(payment_id, amount, token=None)
        self._put(deadline, Item=self._item(claim, _SETTLED, RETENTION_SECONDS))

    def release(self, claim: Claim) -> bool:
        """Gives our own claim back, and nobody else's: it may have been taken over or settled
        by a concurrent request of the same amount. False if that could not be done; the lease
        ends by itself then."""
        if claim.token is None:
            return True
        try:
            self._release_client.delete_item(
                TableName=self._table,
                Key={"session_id": {"S": _session_id(claim.payment_id)}},
                ConditionExpression=_STILL_OURS,
                ExpressionAttributeValues={
                    ":token": {"S": claim.token},
                    ":taken": {"S": _TAKEN},
                },
            )
        except (ClientError, BotoCoreError) as error:
            return _is_condition_failure(error)
        return True

    def _put(self, deadline: Deadline, **parameters: Any) -> None:
        deadline.check(STEP)
        try:
            self._client.put_item(TableName=self._table, **parameters)
        except (ClientError, BotoCoreError) as error:
            raise Unavailable.because_of(STEP, error) from error

    def _item(self, claim: Claim, state: str, seconds: int) -> dict[str, Any]:
        item = {
            "session_id": {"S": _session_id(claim.payment_id)},
            "amount": {"S": str(claim.amount)},
            "claim_state": {"S": state},
            "claim_region": {"S": self._region},
            "expires_at": {"N": str(int(self._now()) + seconds)},
        }
        if claim.token is not None:
            item["claim_token"] = {"S": claim.token}
        return item


def _session_id(payment_id: str) -> str:
    # '#' cannot occur in a payment_id: payments never collide with other users of the table.
    return f"payment#{payment_id}"


def _lost_item(payment_id: str, memory: dict[str, Any]) -> dict[str, Any]:
    # With the amount: an id may be lost again, with another one.
    identity = f"lost#{payment_id}#{memory['amount']['S']}"
    return {**memory, "session_id": {"S": identity}, "claim_state": {"S": _LOST}}


def _standing_claim(payment_id: str, item: dict[str, Any]) -> Claim:
    settled = item.get("claim_state") == {"S": _SETTLED}
    amount = Decimal(item["amount"]["S"])
    return Claim(payment_id, amount, token=None, memory=item if settled else None)


def _is_condition_failure(error: Exception) -> bool:
    return isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") == _REFUSED


def _standing_item(error: Exception) -> dict[str, Any] | None:
    if isinstance(error, ClientError) and _is_condition_failure(error):
        return error.response.get("Item")
    return None
