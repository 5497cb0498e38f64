"""One payment, from the validated request to the acknowledged result.

The order of the steps is what keeps a payment single across retries, crashes, concurrent
requests and a failover between regions:

1. **Ask the local database whether it is the writer.** On the standby this ends the request
   with 503 before anything has been written anywhere.
2. **Claim the id** in DynamoDB by a conditional write (see `claims`). A live claim of another
   amount sends the request to the ledger for a verdict instead of competing.
3. **Insert the row**, or find the one that stands (see `ledger`). This is the payment: before
   it there is none, after it there is one for ever. If the role was lost between 1 and 3, the
   insert is refused as a whole, and our own claim is given back.
4. **Compare amounts.** The row decides, also after the claim has expired or was lost.
5. **Write the receipt**, made of the row. If that fails the payment stands and its claim too,
   but the answer is 503: 200 promises payment and receipt. The retry finds the row and writes
   the receipt.
6. **Settle the claim.** It is a memory aid by now; if it fails, the answer is 200 all the same.

A crash after any step is resumed by the same request sent again: 1 and 2 repeat, 3 finds what
is there, 5 and 6 write the same bytes. A call that timed out may or may not have had its effect;
that is a crash as far as the next request can tell, and is resumed the same way.

Every answer is made of the row, not of the request or of the claim. So a repetition gets the
very bytes of the first answer, with the region that processed it; and a claim never vouches for
a row that an unplanned failover has lost (replication is asynchronous): that payment is
processed again when its client repeats it, and then exists once.
"""

from dataclasses import dataclass

from claims import Claim, Claims
from deadline import Deadline
from failures import DifferentAmount, Unavailable
from ledger import Entry, Ledger
from receipts import Receipts
from validation import Payment


@dataclass(frozen=True)
class Result:
    """The payment that stands. `settled` is False if step 6 has to wait for a repetition."""

    entry: Entry
    settled: bool


@dataclass(frozen=True)
class Processor:
    """Processes payments with this region's stores."""

    ledger: Ledger
    claims: Claims
    receipts: Receipts

    def process(self, payment: Payment, deadline: Deadline) -> Result:
        """Raises `Unavailable` or `DifferentAmount` where there is no payment to acknowledge."""
        self.ledger.prepare(deadline)
        claim = self.claims.take(payment, deadline)
        entry = self._standing_entry(payment, claim, deadline)
        self.receipts.write(entry, deadline)
        return Result(entry, self._settle(entry, deadline))

    def _standing_entry(self, payment: Payment, claim: Claim, deadline: Deadline) -> Entry:
        try:
            if claim.amount == payment.amount:
                entry = self.ledger.record(payment, deadline)
            else:
                entry = self.ledger.find(payment.payment_id, deadline)
            if entry is None or entry.amount != payment.amount:
                raise DifferentAmount
        except Exception:
            self.claims.release(claim)
            raise
        return entry

    def _settle(self, entry: Entry, deadline: Deadline) -> bool:
        try:
            self.claims.settle(entry.payment_id, entry.amount, deadline)
        except Unavailable:
            return False
        return True
