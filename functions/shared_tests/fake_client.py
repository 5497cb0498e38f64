"""A stand-in for one service of AWS at the boundary of the boto3 client.

Each call is first checked against botocore's own model of the operation, so a misspelt or
mistyped parameter fails here as it would in the real client.
"""

import functools
from collections import defaultdict

import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator


def aws_error(code, status=400):
    """An error as a boto3 client raises it."""
    response = {
        "Error": {"Code": code, "Message": "secret words"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Operation")


@functools.cache
def _operations(service):
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


class FakeClient:
    """A client of one service, whose operations are functions given by name. It counts calls, and
    fails where a test says so: once for each error, or always if it is given `broken`."""

    def __init__(self, service, **operations):
        self.service = service
        self.operations = operations
        self.calls = []
        self.broken = {}
        self._errors = defaultdict(list)

    def fail(self, operation, *errors):
        """The next calls raise these errors and have no effect."""
        self._errors[operation].extend(errors)

    def __getattr__(self, name):
        if name not in self.operations:
            raise AttributeError(f"this fake of {self.service} has no {name}")
        return functools.partial(self._run, name)

    def _run(self, name, /, **parameters):
        shape = _operations(self.service)[name].input_shape
        report = ParamValidator().validate(parameters, shape)
        if report.has_errors():
            raise AssertionError(report.generate_report())
        self.calls.append((name, parameters))
        errors = self._errors[name]
        if errors:
            raise errors.pop(0)
        if name in self.broken:
            raise self.broken[name]
        return self.operations[name](**parameters)
