"""Histories of payments: requests, crashes, lost answers, switchovers, failovers that lose data,
writers that nobody has fenced, claims that collide between the regions. Each seed is one history,
played against the real function; what must hold is checked after every answer and at the end.

Only AWS is a stand-in: a ledger that is replicated later, a table that settles collisions by "last
writer wins", a bucket whose copies come later. Whatever happens to a request happens in the middle
of its calls, other requests and failovers too.
"""

import io
import json
import os
import random
import unittest
from contextlib import redirect_stdout
from decimal import Decimal

from claims import LEASE_SECONDS, Claims
from epoch import EPOCH_ID, Epoch
from ledger import Ledger
from processing import Processor
from receipts import Receipts
from tests.fakes import Crash, FakeBucket, FakeDatabase, FakeTable, Region, aws_error, timed_out
from tests.support import Context, payment_event

HISTORIES = int(os.environ.get("PAYMENT_HISTORIES", "300"))
EVENTS = 40
HOME, AWAY = "us-east-1", "us-east-2"
IDENTITIES = ("a", "b", "c")
AMOUNTS = ("1", "2", "3")


class Link:
    """What one region has written and the other has not received yet."""

    def __init__(self):
        self.writes = []
        self.stamps = {}

    def note(self, stamp, key, value):
        self.stamps[key] = stamp
        self.writes.append((stamp, key, value))

    def deliver(self, write, store, other):
        """The last writer wins, by its own clock."""
        stamp, key, value = write
        if other.stamps.get(key, 0) < stamp:
            other.stamps[key] = stamp
            store.pop(key, None) if value is None else store.__setitem__(key, value)


class Replicated:
    """Mixed into a fake store: notes each change for the other region."""

    def join(self, world, store):
        self.world, self.store, self.link = world, store, Link()

    def change(self, key, effect):
        before = self.store.get(key)
        result = effect()
        if self.store.get(key) is not before:
            self.link.note(self.world.tick(), key, self.store.get(key))
        return result


class Table(Replicated, FakeTable):
    def _get(self, key):
        self.world.read_epoch()
        return super()._get(key)

    def _put(self, parameters):
        key = parameters["Item"]["session_id"]["S"]
        return self.change(key, lambda: FakeTable._put(self, parameters))

    def _delete(self, parameters):
        key = parameters["Key"]["session_id"]["S"]
        return self.change(key, lambda: FakeTable._delete(self, parameters))


class Bucket(Replicated, FakeBucket):
    def _put(self, parameters):
        return self.change(parameters["Key"], lambda: FakeBucket._put(self, parameters))


class Place(Region):
    """One region, whose calls may be disturbed."""

    def __init__(self, world, name):
        super().__init__(name)
        self.database, self.table, self.bucket = FakeDatabase(), Table(), Bucket()
        self.table.join(world, self.table.items)
        self.bucket.join(world, self.bucket.objects)
        for service in (self.database, self.table, self.bucket):
            service.delay = world.disturb_before
            service.afterwards = world.disturb_after
        self.restart()
        claims = Claims(self.table, self.table, self.settings, world.clock)
        self.application._processor = Processor(
            Ledger(self.database, self.settings),
            Epoch(self.table, self.settings),
            claims,
            Receipts(self.bucket, self.settings),
        )

    @property
    def writable(self):
        return not self.database.in_recovery

    @property
    def superseded(self):
        holder = self.table.items.get(EPOCH_ID, {}).get("writer_region", {}).get("S")
        return holder not in (None, self.settings.region)


class World:
    """Two regions, a customer who may send anything, and a bad day."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.time, self.seconds = 0, 1_764_000_000
        self.depth = 0
        self.calm = False
        self.home, self.away = Place(self, HOME), Place(self, AWAY)
        self.away.database.in_recovery = True
        self.writer = self.home
        self.cut_off = False
        self.acknowledged = {}
        self.lost = set()
        self.asked = set()
        self.statuses = []
        self.under_epoch = {}
        self.moves = 0
        self.twice = set()

    def tick(self):
        self.time += 1
        return self.time

    def clock(self):
        return self.seconds

    def read_epoch(self):
        """Notes what the request at this depth has just read about its region."""
        self.under_epoch[self.depth] = (self.home.superseded, self.away.superseded)

    # Disturbances of one call.

    def disturb_before(self):
        self.disturb(aws_error("InternalServerError"), timed_out())

    def disturb_after(self):
        self.disturb(timed_out())

    def disturb(self, *errors):
        if self.calm:
            return
        chance = self.random.random()
        if chance < 0.04:
            raise self.random.choice(errors)
        if chance < 0.06:
            raise Crash
        if chance < 0.12 and self.depth < 3:
            self.event()

    # Events.

    def event(self):
        events = (
            (self.pay, 12),
            (self.replicate, 6),
            (self.pass_time, 1),
            (self.switch_over, 1),
            (self.fail_over, 1),
            (self.come_back, 1),
        )
        ((event, _),) = self.random.choices(events, [weight for _, weight in events])
        self.depth += 1
        try:
            event()
        except Crash:
            pass
        finally:
            self.depth -= 1

    def pay(self):
        region = self.random.choice((self.home, self.away))
        self.request(region, self.random.choice(IDENTITIES), self.random.choice(AMOUNTS))

    def request(self, region, identity, amount):
        self.asked.add((identity, amount))
        unheard = {loss for loss in self.lost if loss[0] == identity and not self.is_told(*loss)}
        moves = self.moves
        try:
            answer = region.application.handle(payment_event(identity, amount), Context())
        finally:
            if identity in region.database.rows:
                # An id that is used again before the old region's word of its first payment has
                # come: the later write wins, and the word is never heard.
                self.lost -= unheard
        status = answer["statusCode"]
        self.statuses.append(status)
        row = region.database.rows.get(identity)
        if status == 200:
            superseded = self.under_epoch[self.depth][region is self.away]
            assert not superseded, "an old writer that knew of the new epoch acknowledged"
            self.acknowledge(region, identity, f"{Decimal(amount):.2f}", row)
        elif status == 409:
            # A region that lost its role since may have another ledger by now.
            other_amount = row is not None and Decimal(row[1]) != Decimal(amount)
            assert other_amount or self.moves > moves, "409 without a row"
        else:
            assert status == 503, answer
            assert answer["headers"]["Retry-After"]
        return status

    def acknowledge(self, region, identity, amount, row):
        if region is not self.writer:
            # The epoch has not arrived, or not before it was read last: what remains (see `epoch`).
            # What such a region writes of an id later than the other one wins over it.
            self.twice.add(identity)
            return
        assert row is not None and row[1] == amount, "an acknowledged payment has no row"
        receipt = json.loads(region.bucket.objects[f"receipts/{identity}.json"])
        assert receipt["amount"] == amount, "the receipt is of another payment"
        standing = self.acknowledged.setdefault(identity, amount)
        assert standing == amount, "two payments of one id were acknowledged"

    def replicate(self):
        for here, there in ((self.home, self.away), (self.away, self.home)):
            if not self.cut_off:
                self.deliver(here, there, self.random.random())

    @staticmethod
    def stores(here, there):
        return ((here.table, there.table), (here.bucket, there.bucket))

    def deliver(self, here, there, share):
        for source, target in self.stores(here, there):
            waiting = source.link.writes
            # Neither service promises an order between items.
            self.random.shuffle(waiting)
            for _ in range(round(len(waiting) * share)):
                source.link.deliver(waiting.pop(), target.store, target.link)

    def pass_time(self):
        self.seconds += self.random.choice((1, LEASE_SECONDS + 1))

    def hand_epoch_to(self, region):
        self.away.table.change(EPOCH_ID, lambda: self.away.table.hand_epoch_to(region and region.settings.region))

    def switch_over(self):
        """As planned: nothing is lost, and the old writer is one no longer before the new one is."""
        if self.cut_off or (self.writer is self.away and self.home.writable):
            return
        self.moves += 1
        # Minutes have passed since a failover: its epoch has arrived.
        self.deliver(self.away, self.home, 1.0)
        old = self.writer
        new = self.away if old is self.home else self.home
        old.database.in_recovery = True
        new.database.rows.clear()
        new.database.rows.update(old.database.rows)
        new.database.in_recovery = False
        self.writer = new
        if new is self.home:
            self.hand_epoch_to(None)

    def fail_over(self):
        """The home region is lost, or looks lost; the last rows have not reached the standby."""
        if self.writer is not self.home:
            return
        self.moves += 1
        self.hand_epoch_to(self.away)
        self.cut_off = self.random.random() < 0.4
        rows = list(self.home.database.rows.items())
        kept = max(0, len(rows) - self.random.choice((0, 1, 1, 2, 3)))
        self.away.database.rows.clear()
        self.away.database.rows.update(rows[:kept])
        self.home.database.in_recovery = self.random.random() < 0.5
        self.away.database.in_recovery = False
        self.writer = self.away
        for identity in [name for name in self.acknowledged if name not in dict(rows[:kept])]:
            self.lost.add((identity, self.acknowledged.pop(identity)))

    def come_back(self):
        """The old writer returns as a standby on a new copy."""
        if self.writer is self.away:
            self.moves += 1
            self.cut_off = False
            self.home.database.in_recovery = True
            self.home.database.rows.clear()

    # The end.

    def heal(self):
        self.calm, self.cut_off = True, False
        for _ in range(2):
            self.deliver(self.home, self.away, 1.0)
            self.deliver(self.away, self.home, 1.0)
        if self.writer is self.away:
            self.come_back()

    def assert_losses_are_known(self):
        """Each payment that was acknowledged and lost is told by a claim, a note or a receipt."""
        for identity, amount in self.lost:
            came_again = self.acknowledged.get(identity) == amount
            if not came_again and identity not in self.twice:
                assert self.is_told(identity, amount), f"nobody knows that {identity} is lost"

    def is_told(self, identity, amount):
        """Whether the region that took over can know of this payment."""
        items, objects = self.away.table.items, self.away.bucket.objects
        claim = items.get(f"payment#{identity}", {})
        settled = claim.get("claim_state") == {"S": "settled"}
        receipt = json.loads(objects.get(f"receipts/{identity}.json", b"{}"))
        return (
            f"lost#{identity}#{amount}" in items
            or (settled and claim["amount"] == {"S": amount})
            or receipt.get("amount") == amount
        )

    def assert_everybody_gets_an_answer(self):
        self.seconds += LEASE_SECONDS + 1
        for identity, amount in sorted(self.asked):
            status = self.request(self.writer, identity, amount)
            assert status in (200, 409), f"{identity} of {amount} is never answered: {status}"
        for identity in {identity for identity, _ in self.asked}:
            again = [self.request(self.writer, identity, amount) for amount in AMOUNTS]
            assert again.count(200) == 1, "an id stands for one payment"


def play(seed):
    """One history; raises where something does not hold."""
    world = World(seed)
    with redirect_stdout(io.StringIO()):
        for _ in range(EVENTS):
            world.event()
        world.heal()
        world.assert_losses_are_known()
        world.assert_everybody_gets_an_answer()
    return world


class Histories(unittest.TestCase):
    def test_whatever_happens_an_acknowledged_payment_is_one_payment(self):
        statuses, lost, failovers = [], 0, 0
        for seed in range(HISTORIES):
            with self.subTest(seed=seed):
                world = play(seed)
                statuses += world.statuses
                lost += len(world.lost)
                failovers += int(world.away.table.items.get(EPOCH_ID, {}).get("epoch", {"N": "0"})["N"])
        # A test in which nothing happens would hold too.
        for status in (200, 409, 503):
            self.assertGreater(statuses.count(status), 3 * HISTORIES)
        self.assertGreater(lost, HISTORIES / 10)
        self.assertGreater(failovers, HISTORIES / 2)


if __name__ == "__main__":
    unittest.main()
