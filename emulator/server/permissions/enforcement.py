"""Whether a principal may do what it asks for: every need of a call, and every need that follows from it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any

from server.models.catalog import Call
from server.models.refusals import INVALID, Refusal
from server.models.request import Request
from server.permissions import actions, at_once, follow_ups, grants, policies, principals, vocabulary
from server.permissions.actions import Need, Place
from server.permissions.judge import Judge, JudgeError
from server.permissions.ledger import PermissionsLedger
from server.permissions.principals import Principal
from server.permissions.recording import Recording
from server.permissions.reference import Reference

Data = dict[str, Any]

# What services call a denial; the rest call it AccessDenied in XML and AccessDeniedException in JSON.
DENIED = {"ec2": "UnauthorizedOperation", "sns": "AuthorizationError"}

STAGE = re.compile(r"/restapis/([^/]+)/([^/]+)/_user_request_/?(.*)")

logger = logging.getLogger("permissions")


class Permissions:
    """The enforcement of everybody's policies."""

    def __init__(
        self, judge: Judge, reference: Reference, ledger: PermissionsLedger, recording: Recording | None = None
    ) -> None:
        self._recording = recording
        self._judge = judge
        self._reference = reference
        self.ledger = ledger
        self.principals = principals.Principals()

    def examine(self, call: Call | None, given: Any, request: Request, region: str) -> Refusal | None:
        """The denial of a request that came with a signature; None lets it through."""
        from ministack.services import sts

        principal = self.principals.of(request, sts._sessions)
        if isinstance(principal, str):
            return Refusal("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
        if principal is not None:
            refused = self._of_principal(principal, call, given, request, region)
            if refused:
                return refused
        grant = grants.of(call, given) if call else None
        if grant:
            self.ledger.granted(grant)
        account = principal.account if principal else principals.administrator(request)
        if self._recording and call and account:
            asked = given if isinstance(given, dict) else {}
            place = Place(region, account)
            needs = actions.needs(self._reference, call, asked, place)
            following = [one for need in needs for one in follow_ups.of(need, asked, place)]
            self._recording.keep(request, region, needs + following)
        return self._of_roles(call, given, Place(region, account)) if call and account else None

    def _of_principal(
        self, principal: Principal, call: Call | None, given: Any, request: Request, region: str
    ) -> Refusal | None:
        place = Place(region, principal.account)
        if call is not None:
            return self.of_call(principal, call, given, place, request.sender or "a client")
        stage = STAGE.match(request.path)
        if request.service == "execute-api" and stage:
            api, name, path = stage.groups()
            arn = f"arn:aws:execute-api:{region}:{principal.account}:{api}/{name}/{request.method}/{path}"
            if self.may(principal, Need("execute-api:Invoke", arn), place, "a client"):
                return None
            return Refusal("AccessDeniedException", self.message(principal, Need("execute-api:Invoke", arn)), 403)
        what = f"{request.service} {request.method} {request.path}, asked by {principal.arn}"
        self.ledger.unjudged(what)
        return Refusal("AccessDenied", f"no model has this operation, so it cannot be judged: {what}", 403)

    def _of_roles(self, call: Call, given: Any, place: Place) -> Refusal | None:
        """The refusal to take a role that does not trust the service, or may not do what the service needs of it at once."""
        service = vocabulary.PASSED_TO.get(call.service)
        if service is None or not isinstance(given, dict):
            return None
        for need in actions.passed_roles(call, given):
            context = {"aws:SourceAccount": place.account} if service in vocabulary.SAY_WHOSE else {}
            trusted = Need("sts:AssumeRole", need.resource, context)
            if not self.may(principals.service(service, place.account), trusted, place, call.operation.name):
                return Refusal(_invalid(call), f"The role {need.resource} cannot be assumed by {service}.")
            role = principals.session(need.resource, call.operation.name)
            lacking = self.of_needs(role, at_once.of(call, given, place), {}, place, call.operation.name)
            if lacking:
                return Refusal(_invalid(call), self.message(role, lacking))
        return None

    def of_call(self, principal: Principal, call: Call, given: Any, place: Place, sender: str) -> Refusal | None:
        """The denial of a call, in the words of its service."""
        given = given if isinstance(given, dict) else {}
        denied = self.of_needs(principal, actions.needs(self._reference, call, given, place), given, place, sender)
        if denied is None:
            return None
        status = 400 if call.protocol in ("json", "cbor") else 403
        return Refusal(_code(call), self.message(principal, denied), status)

    def of_needs(
        self, principal: Principal, needs: Iterable[Need], given: Data, place: Place, sender: str
    ) -> Need | None:
        """The first need that the policies do not grant, of those that are asked for and those that follow."""
        waiting = list(needs)
        while waiting:
            need = waiting.pop(0)
            if not self._allowed(principal, need, place, sender):
                return need
            waiting += follow_ups.of(need, given, place)
        return None

    def may(self, principal: Principal, need: Need, place: Place, sender: str) -> bool:
        """Whether one need is granted, and what follows from it."""
        return self.of_needs(principal, [need], {}, place, sender) is None

    @staticmethod
    def message(principal: Principal, need: Need) -> str:
        """AWS's words for a denial."""
        return (
            f"User: {principal.arn} is not authorized to perform: {need.action} on resource: {need.resource} "
            f"because no policy allows the {need.action} action"
        )

    def _allowed(self, principal: Principal, need: Need, place: Place, sender: str) -> bool:
        identity = policies.of_role(principal.account, principal.role) if principal.role else []
        if identity is None:
            # The role is gone; sessions of it end with it.
            identity = []
        simulation = _simulation(principal, need, place, identity)
        try:
            verdict = self._judge.ask(simulation)
        except JudgeError as error:
            logger.error("%s", error)
            self.ledger.unjudged(f"{need.action} on {need.resource}: {str(error)[:300]}")
            return False
        self.ledger.judged(simulation, sender, verdict.result)
        return verdict.allowed


def _simulation(principal: Principal, need: Need, place: Place, identity: list[Data]) -> Data:
    service = need.action.partition(":")[0]
    through = policies.of_endpoint(principal.function, service, place.region, principal.account)
    context: Data = {
        "aws:RequestedRegion": place.region,
        "aws:SecureTransport": "true",
        "aws:ResourceAccount": principal.account,
        **need.context,
    }
    if principal.is_service:
        context |= {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal.arn}
    else:
        context["aws:PrincipalAccount"] = principal.account
    if through:
        context["aws:SourceVpce"] = through[0]["name"]
    resource = need.resource
    return {
        "request": {
            "principal": principal.arn,
            "action": need.action,
            "resource": {"resource": resource, "accountId": principal.account},
            "contextVariables": context,
        },
        "identityPolicies": identity,
        "resourcePolicy": policies.of_resource(resource, principal.account, place.region) if resource != "*" else None,
        "vpcEndpointPolicies": through or None,
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
    }


def _code(call: Call) -> str:
    if call.service in DENIED:
        return DENIED[call.service]
    return "AccessDenied" if call.protocol in ("query", "rest-xml") else "AccessDeniedException"


def _invalid(call: Call) -> str:
    """What a service calls a parameter that it does not take."""
    declared = {shape.name for shape in call.operation.error_shapes}
    return next((code for code in INVALID if code in declared), "ValidationException")
