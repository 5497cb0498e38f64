"""The kill switch: an SSM parameter with which a person stops everything that acts by itself."""

from typing import Any

ARMED = "armed"


class KillSwitch:
    """The parameter in this region."""

    def __init__(self, client: Any, parameter: str):
        self._client = client
        self._parameter = parameter

    def value(self) -> str:
        """What the parameter says; only `armed`, to the letter, lets anything happen."""
        return self._client.get_parameter(Name=self._parameter)["Parameter"]["Value"]
