"""The emulator's own endpoints, under `/_emulator/`: what AWS has nothing of, for tests.

A standby cannot be read through the Data API, so tests look into it here; and a test has to be able to
take a region away, break a part of it, and say who answers DNS questions.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg2

from server.aurora import AuroraFleet
from server.faults import FaultError, Faults
from server.models.ledger import Ledger
from server.outage import Outages
from server.postgres_server import PostgresServer
from server.resolver import Resolver

if TYPE_CHECKING:
    from server.permissions.enforcement import Permissions

Data = dict[str, Any]
Answer = tuple[int, Any]


class OwnEndpoints:
    """The endpoints by method and name; each blocks until it has taken effect."""

    def __init__(
        self,
        fleet: AuroraFleet,
        outages: Outages,
        faults: Faults,
        resolver: Resolver,
        internet: dict[str, str],
        end_restore_job: Callable[[Data], Answer],
        name_container: Callable[[Data], Answer],
        ledger: Ledger,
        permissions: Permissions | None,
    ) -> None:
        self._fleet = fleet
        self._outages = outages
        self._faults = faults
        self._resolver = resolver
        self._internet = internet
        self._endpoints: dict[tuple[str, str], Callable[[Data], Answer]] = {
            ("GET", "databases"): self._databases,
            ("POST", "query"): self._query,
            ("GET", "outage"): self._down_regions,
            ("POST", "outage"): self._outage,
            ("POST", "faults"): self._fault,
            ("POST", "resolver"): self._upstream,
            ("POST", "restore_job"): end_restore_job,
            ("POST", "containers"): name_container,
            ("GET", "models"): lambda _: (200, ledger.report()),
            ("GET", "permissions"): lambda _: (
                200,
                permissions.ledger.summary() if permissions else {"enforced": False},
            ),
            ("GET", "judged"): lambda _: (200, permissions.ledger.report() if permissions else {"enforced": False}),
            ("GET", "internet"): lambda _: (200, self._internet),
        }

    def answer(self, method: str, name: str, body: bytes) -> Answer:
        """Status and content for one request."""
        endpoint = self._endpoints.get((method, name))
        if not endpoint:
            return 404, {"message": f"no such endpoint: {method} {name}"}
        try:
            request = json.loads(body or b"{}")
        except ValueError:
            request = None
        if not isinstance(request, dict):
            return 400, {"message": "expected a JSON object"}
        return endpoint(request)

    def _databases(self, _: Data) -> Answer:
        return 200, [self._describe(arn) for arn in self._fleet.arns()]

    def _describe(self, arn: str) -> Data:
        server = self._fleet.server(arn)
        return {
            "cluster_arn": arn,
            "region": arn.split(":")[3],
            "role": _role(server),
            "host": "127.0.0.1",
            "port": server.port if server else None,
            "pid": server.pid if server else None,
        }

    def _query(self, request: Data) -> Answer:
        try:
            server = self._fleet.running(request["cluster_arn"])
            statement, database = request["sql"], request["database"]
        except KeyError:
            return 400, {"message": "expected JSON with cluster_arn, database and sql"}
        if not server:
            return 404, {"message": "no running database server for this cluster"}
        try:
            return 200, {"rows": server.query(statement, database)}
        except psycopg2.Error as error:
            return 400, {"message": str(error).strip()}

    def _down_regions(self, _: Data) -> Answer:
        return 200, {"down": self._outages.regions()}

    def _outage(self, request: Data) -> Answer:
        region, down = request.get("region"), request.get("down")
        if not isinstance(region, str) or not isinstance(down, bool):
            return 400, {"message": "expected JSON with region and down (true or false)"}
        self._outages.set(region, down)
        return 200, {"down": self._outages.regions()}

    def _fault(self, request: Data) -> Answer:
        try:
            self._faults.set(request)
        except FaultError as error:
            return 400, {"message": str(error)}
        return 200, {}

    def _upstream(self, request: Data) -> Answer:
        host, _, port = str(request.get("upstream", "")).rpartition(":")
        if not host or not port.isdecimal():
            return 400, {"message": "expected JSON with upstream, as 127.0.0.1:5353"}
        self._resolver.upstream = (host, int(port))
        return 200, {"upstream": request["upstream"]}


def _role(server: PostgresServer | None) -> str:
    """What a server is; one that does not answer, because it starts or stops, counts as stopped."""
    try:
        if server and server.running:
            return "reader" if server.in_recovery() else "writer"
    except psycopg2.Error:
        pass
    return "stopped"
