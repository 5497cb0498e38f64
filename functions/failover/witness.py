"""Where Route 53 sends customers, as one word: the second witness of an outage.

Route 53's checkers look at the primary from many places. What they agree on decides which of two
TXT records the name answers with, and both follow the same health check as the customers' record.
(Route 53 developer guide, "How health checks work in simple configurations")
"""

from dns_text import TextRecords


class Witness:
    """The region that the failover domain points to."""

    def __init__(self, records: TextRecords, failover_domain: str):
        self._records = records
        self._name = f"_active.{failover_domain}"

    def active_region(self) -> str:
        """The region's name; raises `Unknown` if DNS does not say."""
        return self._records.answer(self._name)
