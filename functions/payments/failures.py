"""The reasons for which a well-formed payment is not answered with 200."""

from botocore.exceptions import ClientError

# How PostgreSQL says that it is a replica (SQLSTATE 25006, read_only_sql_transaction). The Data API
# passes PostgreSQL's words on inside its own error message.
_READ_ONLY_MARKS = ("read-only transaction", "25006")
# A cluster without its Data API: a code of its own, or, as before that, a message under another code.
_NO_DATA_API_MARK, _NO_DATA_API = "HttpEndpoint is not enabled", "HttpEndpointNotEnabledException"


# How services say that there are too many requests: the database, the session table, the bucket.
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}


def is_throttling(reason: str) -> bool:
    """Whether a service is there and only takes no more requests now."""
    return reason in _THROTTLED


class Unavailable(Exception):
    """This region cannot take the payment now; the same request may succeed later.

    `step` is the part that failed, `reason` a short code that is safe to log and to show.
    """

    def __init__(self, step: str, reason: str):
        super().__init__(f"{step}: {reason}")
        self.step = step
        self.reason = reason

    @classmethod
    def because_of(cls, step: str, error: Exception) -> "Unavailable":
        """Names an AWS error by its code. Its message is left out: messages can quote the
        statement's parameters or the request, and amounts do not belong in logs."""
        if not isinstance(error, ClientError):
            return cls(step, type(error).__name__)
        details = error.response.get("Error", {})
        message = str(details.get("Message", ""))
        if any(mark in message for mark in _READ_ONLY_MARKS):
            return cls(step, "read_only")
        if _NO_DATA_API_MARK in message:
            return cls(step, _NO_DATA_API)
        return cls(step, str(details.get("Code", "unknown")))


class DifferentAmount(Exception):
    """The payment_id already stands for a payment of another amount."""
