"""Errors by name. Step Functions sees the class name of what a function raises, and its retries
and catches name these classes. (Step Functions developer guide, "Error names")
"""

from botocore.exceptions import ClientError


class NotYet(Exception):
    """What is waited for has not happened; asking again is right."""


class DrillRunning(Exception):
    """Another drill is under way."""


class PaymentRefused(Exception):
    """A payment that a drill makes before it begins was refused: nobody could pay during it."""


class PrimaryLost(Exception):
    """The primary region does not answer in the middle of a planned move."""


class LockLost(Exception):
    """Another execution holds the lock that this one needs to go on."""


class Unknown(Exception):
    """Something could not be found out. The message is a short reason, safe to log and to show."""


def reason_of(error: Exception) -> str:
    """Names an error in a few words: our own by its message, an AWS error by its code, any other
    by its type. The messages of AWS are left out: they can quote the request."""
    if isinstance(error, (Unknown, NotYet)):
        return str(error)
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__
