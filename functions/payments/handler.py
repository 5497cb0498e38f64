"""Entry point of the payment function: `handler.handle`, behind an API Gateway REST API.

    POST /, POST /payments    take a payment
    GET  /health              200 only if this region can take one, or is about to as planned

Each request leaves one line of JSON in the log: what was asked, how it ended, how long it
took. Amounts, bodies and error messages never appear there.
"""

import json
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import responses
from claims import Claims
from clients import Clients, connect
from deadline import Deadline
from drills import Drills
from epoch import Epoch
from failures import DifferentAmount, Unavailable, is_throttling
from health import ANNOUNCED, OK, Health
from ledger import Ledger
from processing import Processor
from receipts import Receipts
from region_settings import RegionSettings
from validation import Rejected, payment_from_event


@dataclass
class Request:
    """One API Gateway event, and what is noted about it for the log."""

    event: dict[str, Any]
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self.event.get("httpMethod") or "")

    @property
    def path(self) -> str:
        """The route. `resource` is preferred: `path` may start with a custom domain's base path."""
        resource = str(self.event.get("resource") or "")
        if resource in _ROUTES:
            return resource
        return str(self.event.get("path") or "").rstrip("/") or "/"


class Application:
    """The function with its stores; built once per container."""

    def __init__(self, settings: RegionSettings, clients: Clients):
        self._settings = settings
        self._processor = Processor(
            Ledger(clients.database, settings),
            Epoch(clients.session, settings),
            Claims(clients.session, clients.session_release, settings),
            Receipts(clients.receipts, settings),
        )
        self._drills = Drills(clients.session, settings)
        self._health = Health(
            Ledger(clients.health_database, settings),
            Epoch(clients.health_session, settings),
            clients.health_session,
            Receipts(clients.health_receipts, settings),
            settings,
        )

    def handle(self, event: Any, context: Any) -> dict[str, Any]:
        """Answers one event, whatever it holds, and logs it."""
        started = time.monotonic()
        request = Request(event if isinstance(event, dict) else {})
        try:
            answer = self._route(request)
        except Exception as error:
            request.notes.update(outcome="internal_error", **_origin(error))
            answer = responses.internal_error()
        self._log(request, answer, context, started)
        return answer

    def _route(self, request: Request) -> dict[str, Any]:
        route = _ROUTES.get(request.path)
        if route is None:
            request.notes["outcome"] = "not_found"
            return responses.not_found(request.path)
        method, action = route
        if request.method != method:
            request.notes["outcome"] = "method_not_allowed"
            return responses.method_not_allowed(request.method, method)
        return action(self, request)

    def _pay(self, request: Request) -> dict[str, Any]:
        deadline = Deadline()
        try:
            payment = payment_from_event(request.event)
            request.notes["payment_id"] = payment.payment_id
            self._drills.check(payment, deadline)
            result = self._processor.process(payment, deadline)
        except Rejected as rejection:
            request.notes.update(outcome="rejected", field=_loggable_field(rejection))
            return responses.rejected(rejection)
        except DifferentAmount:
            request.notes["outcome"] = "different_amount"
            return responses.different_amount(payment.payment_id)
        except Unavailable as failure:
            request.notes.update(outcome="unavailable", step=failure.step, reason=failure.reason)
            return responses.unavailable(self._settings.region, failure.step)
        entry = result.entry
        request.notes["outcome"] = "processed" if entry.created else "repeated"
        if not result.settled:
            request.notes["claim_settled"] = False
        return responses.answer(
            200,
            {"payment_id": entry.payment_id, "status": entry.status, "region": entry.region},
        )

    def _report_health(self, request: Request) -> dict[str, Any]:
        checks = self._health.states()
        failing = [name for name, state in checks.items() if state not in (OK, ANNOUNCED)]
        request.notes.update(outcome="unhealthy" if failing else "healthy", checks=checks)
        # A region that takes over gets the same load: whoever would move payments is to see the difference.
        only_throttled = all(is_throttling(checks[name]) for name in failing)
        document = {
            "status": OK if not failing else "overloaded" if only_throttled else "unavailable",
            "region": self._settings.region,
            "failing": failing,
            "checks": checks,
        }
        if not failing:
            return responses.answer(200, document)
        return responses.overloaded(document) if only_throttled else responses.retry_later(document)

    def _log(self, request: Request, answer: dict[str, Any], context: Any, started: float) -> None:
        line = {
            "request_id": getattr(context, "aws_request_id", None),
            "region": self._settings.region,
            "method": request.method[:20],
            "path": request.path[:100],
            "status": answer["statusCode"],
            **request.notes,
            "milliseconds": round((time.monotonic() - started) * 1000),
        }
        print(json.dumps(line, separators=(",", ":")), flush=True)


_Action = Callable[[Application, Request], dict[str, Any]]

_KNOWN_FIELDS = ("body", "payment_id", "amount")

_ROUTES: dict[str, tuple[str, _Action]] = {
    "/": ("POST", Application._pay),
    "/payments": ("POST", Application._pay),
    "/health": ("GET", Application._report_health),
}


def _loggable_field(rejection: Rejected) -> str:
    # The name of an unknown field is the client's own text, which may be anything.
    return rejection.field if rejection.field in _KNOWN_FIELDS else "unknown"


def _origin(error: Exception) -> dict[str, str]:
    # The type and the place, not the message: botocore's messages can quote parameters.
    frames = traceback.extract_tb(error.__traceback__)
    places = (f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return {"error": type(error).__name__, "at": " ".join(places)}


@cache
def _application() -> Application:
    settings = RegionSettings.from_environment(os.environ)
    return Application(settings, connect(settings))


def handle(event: Any, context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    return _application().handle(event, context)


# Building clients takes a good part of a second on a small function. Lambda's init phase has a
# full processor and precedes the first request, which may be a health check with two seconds.
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _application()
