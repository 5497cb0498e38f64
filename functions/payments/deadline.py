"""The time limit of one request, checked before each call it makes."""

import time
from collections.abc import Callable

from failures import Unavailable

# No call of a payment starts later than this. The longest call and giving the claim back still
# end before 25 seconds, which leaves API Gateway's limit of 29 some air. (see `clients`)
PAYMENT_SECONDS = 13.0


class Deadline:
    """Stops a slow request between two calls; a call under way has limits of its own."""

    def __init__(self, seconds: float = PAYMENT_SECONDS, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._end = clock() + seconds

    def check(self, step: str) -> None:
        """Raises `Unavailable` if it is too late to start a call of this step."""
        if self._clock() > self._end:
            raise Unavailable(step, "out_of_time")
