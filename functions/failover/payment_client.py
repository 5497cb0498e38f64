"""One payment as a customer sends it: HTTPS to the failover domain, wherever DNS points."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

import side_by_side
from authorization import ANYONE, Authorization
from failures import Unknown

# Less than a customer would wait, so that a request into a region that is going away costs the
# measured gap a few seconds and not half a minute. Sending the same id again is safe.
TIMEOUT_SECONDS = 5.0
# The smallest amount there is.
_AMOUNT = "0.01"
_BODY_LIMIT = 4096
_HEADERS = {"Content-Type": "application/json", "User-Agent": "payments-drill"}
_FORBIDDEN = 403


@dataclass(frozen=True)
class Receipt:
    """What came back: the region that processed the payment, or why there is none."""

    region: str | None = None
    refusal: str | None = None


class PaymentClient:
    """Sends payments through the failover domain."""

    def __init__(
        self,
        failover_domain: str,
        timeout_seconds: float = TIMEOUT_SECONDS,
        authorization: Authorization = ANYONE,
    ):
        self._url = f"https://{failover_domain}/payments"
        self._timeout = timeout_seconds
        self._authorization = authorization

    @property
    def hint(self) -> str:
        """What to look at when every payment is refused."""
        return self._authorization.hint

    def pay(self, payment_id: str) -> Receipt:
        """Sends this payment once. Every call resolves the domain anew, as nothing is kept open.

        In a thread, so that resolving and all the rest share one time limit.
        """
        question = {"payment": lambda: self._post(payment_id)}
        try:
            return side_by_side.ask(question, self._timeout)["payment"].known()
        except Unknown as error:
            return Receipt(refusal=str(error))

    def _post(self, payment_id: str) -> Receipt:
        body = f'{{"payment_id":{json.dumps(payment_id)},"amount":{_AMOUNT}}}'.encode()
        headers = self._authorization.headers(self._url, body, _HEADERS)
        request = urllib.request.Request(self._url, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                return _receipt(payment_id, response.read(_BODY_LIMIT))
        except urllib.error.HTTPError as error:
            with error:
                if error.code == _FORBIDDEN:
                    self._authorization.refused()
                return Receipt(refusal=f"status {error.code}")
        except urllib.error.URLError as error:
            return Receipt(refusal=type(error.reason).__name__)


def _receipt(payment_id: str, body: bytes) -> Receipt:
    """A 200 counts if it acknowledges this very payment."""
    try:
        document = json.loads(body)
    except ValueError:
        return Receipt(refusal="200 without a document")
    if not isinstance(document, dict) or document.get("payment_id") != payment_id:
        return Receipt(refusal="200 for something else")
    if document.get("status") != "processed" or not isinstance(document.get("region"), str):
        return Receipt(refusal="200 for a payment that was not processed")
    return Receipt(region=document["region"])
