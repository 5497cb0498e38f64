"""Shared helpers: the two regions, and a base class that keeps the functions' log lines."""

import json
from datetime import UTC, datetime, timedelta

from aurora import Aurora
from executions import Executions
from failover_tests.fakes import (
    HEALTHY,
    STANDBY,
    Clock,
    FakeClient,
    FakeEndpoint,
    FakeTable,
    FakeWitness,
    aws_error,
)
from kill_switch import KillSwitch
from replication_lag import ReplicationLag
from state_table import StateTable
from surroundings import Limits, Region, Surroundings

PRIMARY, OWN = "us-east-1", "us-east-2"
PRIMARY_CLUSTER = f"arn:aws:rds:{PRIMARY}:123456789012:cluster:payments-database-use1-dev"
OWN_CLUSTER = f"arn:aws:rds:{OWN}:123456789012:cluster:payments-database-use2-dev"
_EXECUTION = f"arn:aws:states:{OWN}:123456789012:execution:payments"
FAILOVER_EXECUTION = f"{_EXECUTION}-failover-use2-dev:failover-i-1"
DRILL_EXECUTION = f"{_EXECUTION}-failover-drill-use2-dev:monthly"
FAILBACK_EXECUTION = f"{_EXECUTION}-failover-failback-use2-dev:home"
RUNBOOK = "https://wiki.example.com/payments-runbook"
MACHINE = f"arn:aws:states:{OWN}:123456789012:stateMachine:payments-failover-use2-dev"


class RegionOfAws:
    """What AWS has in one region; its clients."""

    def __init__(self, world, name, cluster_arn):
        self.world = world
        self.name = name
        self.cluster_arn = cluster_arn
        self.version = "17.7"
        self.instances = ["available"]
        # Older than the outage that the tests of the failover have.
        self.lag_points = [(world.clock.now - 130, 400.0)]
        self.rds = FakeClient(
            "rds",
            describe_global_clusters=lambda **_: {"GlobalClusters": world.global_clusters()},
            describe_db_clusters=self._clusters,
            describe_db_instances=self._instances,
            switchover_global_cluster=world.switch_over,
        )
        self.cloudwatch = FakeClient("cloudwatch", get_metric_data=self._lag)

    def _clusters(self, DBClusterIdentifier):
        assert self.cluster_arn.endswith(f":{DBClusterIdentifier}"), DBClusterIdentifier
        return {"DBClusters": [{"EngineVersion": self.version, "KmsKeyId": f"arn:aws:kms:{self.name}:1:key/db"}]}

    def _instances(self, Filters):
        ((name, (value,)),) = [(entry["Name"], entry["Values"]) for entry in Filters]
        assert name == "db-cluster-id" and self.cluster_arn.endswith(f":{value}"), Filters
        return {"DBInstances": [{"DBInstanceStatus": state} for state in self.instances]}

    def _lag(self, MetricDataQueries, StartTime, EndTime):
        statistic = MetricDataQueries[0]["MetricStat"]
        (dimension,) = statistic["Metric"]["Dimensions"]
        assert statistic["Metric"]["MetricName"] == "AuroraGlobalDBRPOLag"
        assert self.cluster_arn.endswith(f":{dimension['Value']}"), dimension
        times = [(datetime.fromtimestamp(at, UTC), value) for at, value in self.lag_points]
        found = [(at, value) for at, value in times if StartTime <= at < EndTime]
        assert EndTime - StartTime >= timedelta(hours=1)
        return {"MetricDataResults": [{"Timestamps": [at for at, _ in found], "Values": [value for _, value in found]}]}

    def seen(self, endpoint):
        """The region as the guards see it."""
        return Region(
            name=self.name,
            cluster_arn=self.cluster_arn,
            aurora=Aurora(self.rds, "payments-global", self.cluster_arn),
            lag=ReplicationLag(self.cloudwatch, self.cluster_arn, self.world.clock),
            endpoint=endpoint,
        )


class World:
    """Both regions in good health: the primary writes, the other one stands by."""

    def __init__(self):
        self.clock = Clock()
        self.members = [PRIMARY_CLUSTER, OWN_CLUSTER]
        self.writer = PRIMARY_CLUSTER
        self.status = "available"
        self.version = "17.7"
        self.moving_to = None
        self.primary = RegionOfAws(self, PRIMARY, PRIMARY_CLUSTER)
        self.own = RegionOfAws(self, OWN, OWN_CLUSTER)
        self.table = FakeTable()
        self.switch = "armed"
        self.ssm = FakeClient("ssm", get_parameter=lambda Name: {"Parameter": {"Name": Name, "Value": self.switch}})
        self.running = []
        self.started = {}
        self.statuses = {}
        self.states = FakeClient(
            "stepfunctions",
            start_execution=self._start,
            list_executions=self._list,
            describe_execution=self._describe,
        )
        self.witness = FakeWitness(PRIMARY)
        self.primary_endpoint = FakeEndpoint(HEALTHY)
        self.own_endpoint = FakeEndpoint(STANDBY)

    def global_clusters(self):
        cluster = {
            "GlobalClusterIdentifier": "payments-global",
            "Status": self.status,
            "EngineVersion": self.version,
            "GlobalClusterMembers": [{"DBClusterArn": arn, "IsWriter": arn == self.writer} for arn in self.members],
        }
        if self.moving_to:
            cluster["FailoverState"] = {"Status": "pending", "ToDbClusterArn": self.moving_to}
        return [cluster]

    def switch_over(self, GlobalClusterIdentifier, TargetDbClusterIdentifier):
        assert GlobalClusterIdentifier == "payments-global"
        self.moving_to = TargetDbClusterIdentifier
        self.status = "switching-over"
        return {}

    def fail_over(self):
        """After a failover: this region writes, the latch holds, the primary is a standby."""
        self.writer = OWN_CLUSTER
        self.table.put("latch", active=True, since="2025-11-24T16:00:00Z", by="operator")
        self.witness.region = OWN
        self.primary_endpoint.answers = [STANDBY]
        self.own_endpoint.answers = [HEALTHY]
        self.primary.lag_points = [(self.clock.now - 130, 400.0)]
        self.own.lag_points = []

    def surroundings(self):
        return Surroundings(
            primary=self.primary.seen(self.primary_endpoint),
            own=self.own.seen(self.own_endpoint),
            table=StateTable(self.table, "failover"),
            switch=KillSwitch(self.ssm, "/failover/switch"),
            witness=self.witness,
            failover=Executions(self.states, MACHINE),
            limits=Limits(
                lag_milliseconds=60_000,
                lag_age_seconds=300,
                cool_down_seconds=1800,
                patience_seconds=90,
            ),
            clock=self.clock,
        )

    def _start(self, stateMachineArn, name, input):
        assert stateMachineArn == MACHINE
        if name in self.started:
            raise aws_error("ExecutionAlreadyExists")
        self.started[name] = json.loads(input)
        return {"executionArn": f"{stateMachineArn}:{name}"}

    def lock(self, owner, status="RUNNING", until=3600, **latch):
        """Lets an execution hold the lock."""
        until = int(self.clock.now) + until
        self.table.put("latch", locked_by=owner, locked_until=until, **latch)
        self.statuses[owner] = status

    def _describe(self, executionArn, includedData):
        assert includedData == "METADATA_ONLY"
        if executionArn not in self.statuses:
            raise aws_error("ExecutionDoesNotExist")
        return {"executionArn": executionArn, "status": self.statuses[executionArn]}

    def _list(self, stateMachineArn, statusFilter, maxResults):
        assert (stateMachineArn, statusFilter) == (MACHINE, "RUNNING")
        return {"executions": self.running[:maxResults]}
