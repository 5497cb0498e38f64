"""Points in time: epoch seconds inside, ISO 8601 in UTC where people read them."""

from datetime import UTC, datetime


def iso(epoch_seconds: float) -> str:
    """`2026-11-24T17:10:00Z`."""
    return datetime.fromtimestamp(int(epoch_seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch_of(text: str) -> float:
    """The other way, of any instant in ISO 8601 with its zone."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def compact(epoch_seconds: float) -> str:
    """`20261124T171000Z`, for names that allow no colon."""
    return iso(epoch_seconds).replace("-", "").replace(":", "")
