"""The metrics of restore tests, by the names that their alarms know."""

from metrics import Metric

# 1 for each test that passed, with the resource's type.
PASSED = "RestoreTestsPassed"
# 1 for each test that failed, whatever was restored: the log says which, and why.
FAILED = "RestoreTestsFailed"
# Days since the resource whose last passed test is the oldest was tested.
AGE = "RestoreTestAgeDays"
TYPE = "ResourceType"


def passed(resource_type: str) -> Metric:
    """A test has passed."""
    return Metric(PASSED, 1, dimensions={TYPE: resource_type})


def failed() -> Metric:
    """A test has failed."""
    return Metric(FAILED, 1)
