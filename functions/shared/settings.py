"""What the deployment tells a function, read from its environment at the cold start.

One archive serves several functions, and each is given only the variables it needs. So each
entry point reads its own, through this class, before its first event.
"""

from collections.abc import Mapping


class MissingSetting(RuntimeError):
    """A variable is missing or unusable; the cold start fails and names it."""


class Settings:
    """The environment variables of one function."""

    def __init__(self, environment: Mapping[str, str]):
        self._environment = environment

    def text(self, name: str) -> str:
        """A variable that must be there and not empty."""
        value = self._environment.get(name, "")
        if not value:
            raise MissingSetting(f"the environment variable {name} is not set")
        return value

    def number(self, name: str) -> int:
        """A variable that must be a whole number."""
        value = self.text(name)
        try:
            return int(value)
        except ValueError:
            raise MissingSetting(f"the environment variable {name} is no number") from None

    def texts(self, name: str) -> tuple[str, ...]:
        """A variable that must be a list, separated by commas."""
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def optional(self, name: str) -> str | None:
        """A variable that may be missing."""
        return self._environment.get(name) or None
