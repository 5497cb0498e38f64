"""How a drill's payments prove whose they are: as every caller of the APIs has to.

A signature names a region, and the failover domain leads to one of two: whoever signs asks DNS for
which, each time. Address and region can disagree for the moments in which DNS changes; the payment
is refused then with 403, and sent again. (IAM user guide, "AWS Signature Version 4")
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from failures import Unknown, reason_of
from settings import Settings
from witness import Witness

NONE = "NONE"
AWS_IAM = "AWS_IAM"
API_KEY = "API_KEY"
_SERVICE = "execute-api"


class Authorization(Protocol):
    """What a request carries, and what to look at when it is refused all the same."""

    hint: str

    def headers(self, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
        """All headers of the request; raises `Unknown` if they cannot be had now."""

    def refused(self) -> None:
        """The API has refused what was shown."""


class Anyone:
    """The API asks for nothing."""

    hint = "anyone may pay: a firewall or the function refuses"

    def headers(self, _url: str, _body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
        """As they are."""
        return dict(headers)

    def refused(self) -> None:
        """There is nothing to do about it."""


ANYONE = Anyone()


class Signature:
    """The function's own role signs, for the region that DNS names."""

    hint = "the role of the drill's function must be let in by the APIs of both regions"

    def __init__(self, active_region: Callable[[], str], session: Any = None):
        self._active_region = active_region
        self._session = session or Session()

    def headers(self, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
        """With a signature of this very request."""
        credentials = self._session.get_credentials()
        if credentials is None:
            raise Unknown("there are no credentials to sign with")
        request = AWSRequest(method="POST", url=url, data=body, headers=dict(headers))
        SigV4Auth(credentials, _SERVICE, self._active_region()).add_auth(request)
        return dict(request.headers.items())

    def refused(self) -> None:
        """The next request asks DNS again anyway."""


class ApiKey:
    """A key that both regions' usage plans know. Its value is kept in a secret and nowhere else."""

    def __init__(self, secrets: Any, secret_arn: str):
        self._secrets = secrets
        self._secret_arn = secret_arn
        self._key: str | None = None
        self.hint = f"{secret_arn} must hold an API key that the usage plans of both regions have"

    def headers(self, _url: str, _body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
        """With the key."""
        if self._key is None:
            self._key = self._read()
        return {**headers, "x-api-key": self._key}

    def refused(self) -> None:
        """The key may have been replaced: it is read again."""
        self._key = None

    def _read(self) -> str:
        try:
            answer = self._secrets.get_secret_value(SecretId=self._secret_arn)
        except (ClientError, BotoCoreError) as error:
            raise Unknown(f"the secret with the API key: {reason_of(error)}") from error
        key = (answer.get("SecretString") or "").strip()
        if not key:
            raise Unknown("the secret with the API key is empty")
        return key


def authorization_of(settings: Settings, witness: Witness, secrets: Callable[[], Any]) -> Authorization:
    """What this environment's APIs ask of callers."""
    kind = settings.text("API_AUTHORIZATION")
    if kind == AWS_IAM:
        return Signature(witness.active_region)
    if kind == API_KEY:
        return ApiKey(secrets(), settings.text("API_KEY_SECRET_ARN"))
    if kind == NONE:
        return Anyone()
    raise ValueError(f"there is no API_AUTHORIZATION {kind[:40]!r}")
