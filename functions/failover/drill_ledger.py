"""What the ledger says about a drill's payments: which are lost, which are there twice."""

from typing import Any

from data_api import Database
from drill_ids import PREFIX, payment_id

# The table and the column are the payment function's: functions/database_setup creates them. If
# they change there, this statement changes with them; a test holds both together.
LEDGER_TABLE = "payments"
LEDGER_KEY = "payment_id"

# A drill's id has no wildcard of LIKE.
_COUNT = f"""
SELECT {LEDGER_KEY}, CAST(count(*) AS text)
FROM {LEDGER_TABLE}
WHERE {LEDGER_KEY} LIKE :prefix
GROUP BY {LEDGER_KEY}
"""


def verify(database: Database, drill: str, payments: dict[str, Any] | None) -> dict[str, Any]:
    """Compares the ledger with what was acknowledged. Without a report of the payments only the
    rows are known, and neither number is."""
    counts = {row[0]: int(row[1]) for row in database.run(_COUNT, prefix=f"{PREFIX}{drill}-%")}
    rows = sum(counts.values())
    if not payments:
        return {
            "rows": rows,
            "lost": None,
            "duplicated": None,
            "reasons": ["it is unknown which payments were acknowledged"],
        }
    # One payment at a time, each until it is acknowledged: these are the first ones.
    acknowledged = [payment_id(drill, n) for n in range(1, payments["acknowledged"] + 1)]
    sent = {payment_id(drill, n) for n in range(1, payments["sent"] + 1)}
    lost = [identity for identity in acknowledged if identity not in counts]
    duplicated = [identity for identity, count in counts.items() if count > 1]
    unsent = [identity for identity in counts if identity not in sent]
    return {
        "rows": rows,
        "lost": len(lost),
        "duplicated": len(duplicated),
        "reasons": [
            *_named("acknowledged and not in the ledger", lost),
            *_named("in the ledger more than once", duplicated),
            *_named("in the ledger and never sent", unsent),
        ],
    }


def _named(what: str, identities: list[str]) -> list[str]:
    if not identities:
        return []
    examples = ", ".join(sorted(identities)[:5])
    return [f"{len(identities)} {what}: {examples}"]
