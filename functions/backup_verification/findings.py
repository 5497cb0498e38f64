"""What a check of something restored has found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Findings:
    """What was seen, and what is wrong with it."""

    seen: str
    problems: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """One line for people."""
        return "; ".join((self.seen, *self.problems))
