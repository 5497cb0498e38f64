"""One payment, from the validated request to the acknowledged result.

The order of the steps is what keeps a payment single across retries, crashes, concurrent
requests and a failover between regions:

1. **Ask the local database whether it is the writer, and the epoch whether that counts** (see
   `epoch`). On the standby, and on a writer that a failover has left behind, this ends the request
   with 503 before anything has been written anywhere.
2. **Claim the id** in DynamoDB by a conditional write (see `claims`). A live claim of another
   amount sends the request to the ledger for a verdict instead of competing. Only a row is a
   reason for 409: without one, a request that is under way makes this one wait (503), and the
   memory of a payment that a failover has lost gives way.
3. **Insert the row**, or find the one that stands (see `ledger`). This is the payment: before
   it there is none, after it there is one for ever. If the role was lost between 1 and 3, the
   insert is refused as a whole, and our own claim is given back.
4. **Compare amounts.** The row decides, also after the claim has expired or was lost.
5. **Write the receipt**, made of the row. If that fails the payment stands and its claim too,
   but the answer is 503: 200 promises payment and receipt. The retry finds the row and writes
   the receipt. A receipt of another payment with this id, which a failover has lost, is noted and
   replaced.
6. **Ask the epoch again.** A failover that came meanwhile may have left the row behind; then
   nobody is told that the payment stands.
7. **Settle the claim.** It is a memory aid by now; if it fails, the answer is 200 all the same.

A crash after any step is resumed by the same request sent again: 1 and 2 repeat, 3 finds what
is there, 5 and 7 write the same bytes. A call that timed out may or may not have had its effect;
that is a crash as far as the next request can tell, and is resumed the same way.

Every answer is made of the row, not of the request or of the claim. So a repetition gets the
very bytes of the first answer, with the region that processed it; and a claim never vouches for
a row that an unplanned failover has lost (replication is asynchronous): that payment is
processed again when its client repeats it, and then exists once.
"""

from dataclasses import dataclass

from claims import STEP, Claim, Claims
from deadline import Deadline
from epoch import Epoch
from failures import DifferentAmount, Unavailable
from ledger import Entry, Ledger
from receipts import Receipts
from validation import Payment


@dataclass(frozen=True)
class Result:
    """The payment that stands. `settled` is False if step 7 has to wait for a repetition."""

    entry: Entry
    settled: bool


@dataclass(frozen=True)
class Processor:
    """Processes payments with this region's stores."""

    ledger: Ledger
    epoch: Epoch
    claims: Claims
    receipts: Receipts

    def process(self, payment: Payment, deadline: Deadline) -> Result:
        """Raises `Unavailable` or `DifferentAmount` where there is no payment to acknowledge."""
        self.ledger.prepare(deadline)
        epoch = self.epoch.current(deadline)
        claim = self.claims.take(payment, deadline)
        entry = self._standing_entry(payment, claim, deadline)
        self._write_receipt(entry, deadline)
        self.epoch.check_still(epoch, deadline)
        return Result(entry, self._settle(entry, deadline))

    def _standing_entry(self, payment: Payment, claim: Claim, deadline: Deadline) -> Entry:
        if claim.amount != payment.amount:
            entry = self.ledger.find(payment.payment_id, deadline)
            if entry is not None:
                return _of_this_amount(entry, payment)
            if claim.memory is None:
                raise Unavailable(STEP, "claimed_for_another_amount")
            claim = self.claims.take_over(claim, payment, deadline)
        try:
            return _of_this_amount(self.ledger.record(payment, deadline), payment)
        except Exception:
            self.claims.release(claim)
            raise

    def _write_receipt(self, entry: Entry, deadline: Deadline) -> None:
        standing = self.receipts.write(entry, deadline)
        if standing is None:
            return
        amount, region = str(standing.get("amount")), str(standing.get("region"))
        # With the same amount it is the same payment, which has come again.
        if amount != str(entry.amount):
            self.claims.note_lost_receipt(entry.payment_id, amount, region, deadline)
        self.receipts.replace(entry, deadline)

    def _settle(self, entry: Entry, deadline: Deadline) -> bool:
        try:
            self.claims.settle(entry.payment_id, entry.amount, deadline)
        except Unavailable:
            return False
        return True


def _of_this_amount(entry: Entry, payment: Payment) -> Entry:
    if entry.amount != payment.amount:
        raise DifferentAmount
    return entry
