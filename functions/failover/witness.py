"""What Route 53 knows, asked through DNS: the second witness of an outage.

Route 53's checkers look at the primary from many places. What they agree on decides which of two
TXT records a name answers with.
(Route 53 developer guide, "How health checks work in simple configurations")

    _active.DOMAIN     the region that customers are sent to: by the endpoint's check and the latch
    _endpoint.DOMAIN   the region they would be sent to if there were no latch

Only the second is a witness. The first says what the failover itself has decided, and goes on
saying so for a while after the latch has been cleared.
"""

from dns_text import TextRecords


class Witness:
    """What Route 53 says about the two regions of the failover domain."""

    def __init__(self, records: TextRecords, failover_domain: str):
        self._records = records
        self._domain = failover_domain

    def active_region(self) -> str:
        """The region that customers are sent to; raises `Unknown` if DNS does not say."""
        return self._records.answer(f"_active.{self._domain}")

    def endpoint_region(self) -> str:
        """The primary region while its endpoint is healthy, else the other one; raises `Unknown`
        if DNS does not say."""
        return self._records.answer(f"_endpoint.{self._domain}")
