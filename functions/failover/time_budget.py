"""What is left of an invocation's time."""

from collections.abc import Callable


class OutOfTime(Exception):
    """There is not enough time left for the next step; the next run takes it."""


class TimeBudget:
    """Lets a step begin only if its worst case still fits."""

    def __init__(self, remaining_seconds: Callable[[], float], reserve_seconds: float = 0.0):
        self._remaining = remaining_seconds
        self._reserve = reserve_seconds

    @classmethod
    def of_invocation(cls, context: object, reserve_seconds: float) -> "TimeBudget":
        """The budget that Lambda gives. (Lambda developer guide, "Python context object")"""
        return cls(
            lambda: context.get_remaining_time_in_millis() / 1000,  # type: ignore[attr-defined]
            reserve_seconds,
        )

    def require(self, worst_seconds: float) -> None:
        """Raises `OutOfTime` if a step that takes this long would not end in time."""
        if self._remaining() - self._reserve < worst_seconds:
            raise OutOfTime
