"""A region's health, asked from outside over HTTPS, with one time limit for all of it."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import side_by_side
from failures import Unknown

# Route 53 gives an endpoint 4 seconds to connect and 2 more to answer; ours has 4 for both.
# (Route 53 developer guide, "How Route 53 determines whether a health check is healthy")
TIMEOUT_SECONDS = 4.0
# As much of a body as Route 53 reads.
_BODY_LIMIT = 5120
# What a standby lacks: the writer, and after a failover the right to acknowledge, which its epoch says.
_WRITER = "database"
_OF_THE_WRITER = {_WRITER, "epoch"}
# What the database's check says where it is not the role that is missing. A replica refuses everything with a code
# that is promised nowhere, so only codes count that name something else; a promotion changes none of these.
# (RDS Data API reference, ExecuteStatement; Aurora user guide, "Limitations of RDS Data API")
_NOT_FOR_WANT_OF_THE_ROLE = {
    "AccessDeniedException",
    "ForbiddenException",
    "SecretsErrorException",
    "InvalidSecretException",
    "HttpEndpointNotEnabledException",
    "EndpointConnectionError",
    "ConnectTimeoutError",
}
# API Gateway and the firewall refuse so, before anything of the region is asked; 429 is also what `/health` says
# where all that fails is throttled.
_REFUSED_AT_THE_DOOR = (403, 429)


@dataclass(frozen=True)
class Health:
    """An answer of `/health`, whatever its status."""

    status: int
    failing: Any = None
    checks: Any = None

    @property
    def takes_payments(self) -> bool:
        """Whether the region says that it can take a payment."""
        return self.status == 200

    @property
    def only_lacks_the_writer(self) -> bool:
        """Whether all works but what only the writer has, which is what a healthy standby says: it
        would take payments once it is promoted."""
        if self.status != 503 or not isinstance(self.failing, list):
            return False
        failing = {str(name) for name in self.failing}
        return _WRITER in failing and failing <= _OF_THE_WRITER and self._lasting_reason(_WRITER) is None

    def _lasting_reason(self, name: Any) -> str | None:
        """Why this check fails, if a promotion does not change that."""
        reason = self.checks.get(name) if name == _WRITER and isinstance(self.checks, dict) else None
        return reason if isinstance(reason, str) and reason in _NOT_FOR_WANT_OF_THE_ROLE else None

    @property
    def is_overloaded(self) -> bool:
        """Whether the region is there and rejects calls, whatever it could do for them."""
        return self.status in _REFUSED_AT_THE_DOOR

    def describe(self) -> str:
        """The answer in a few words."""
        if self.status in (429, 503) and isinstance(self.failing, list):
            return f"status {self.status}, failing: {', '.join(map(self._named, self.failing))[:120]}"
        return f"status {self.status}"

    def _named(self, name: Any) -> str:
        reason = self._lasting_reason(name)
        return f"{name} ({reason})" if reason else str(name)


class Endpoint:
    """The health URL of one region."""

    def __init__(self, url: str, timeout_seconds: float = TIMEOUT_SECONDS):
        self._url = url
        self._timeout = timeout_seconds

    def health(self) -> Health:
        """Asks once; raises `Unknown` if there is no answer in time.

        In a thread, because the time limits of a socket count each of its operations: resolving
        the name has none, and a server that sends a byte now and then never exceeds any.
        """
        answers = side_by_side.ask({"health": self._get}, self._timeout)
        return answers["health"].known()

    def _get(self) -> Health:
        request = urllib.request.Request(self._url, headers={"User-Agent": "payments-failover"})
        # The default opener, which honours HTTPS_PROXY and the usual certificate settings.
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                return _health(response.status, response.read(_BODY_LIMIT))
        except urllib.error.HTTPError as error:
            with error:
                return _health(error.code, error.read(_BODY_LIMIT))
        except urllib.error.URLError as error:
            cause = error.reason
            name = type(cause).__name__ if isinstance(cause, Exception) else "URLError"
            raise Unknown(name) from error


def _health(status: int, body: bytes) -> Health:
    try:
        document = json.loads(body)
    except ValueError:
        return Health(status)
    if not isinstance(document, dict):
        return Health(status)
    return Health(status, document.get("failing"), document.get("checks"))
