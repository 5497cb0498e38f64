"""What a standby must have to take over, each as a check that passes or says why not.

Only `primary_answers` and the primary's half of `bucket_replication` ask the primary region; when
it does not answer, all others still do.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import conditions
from aurora import Aurora
from conditions import Reason
from endpoint import Endpoint
from failures import Unknown, reason_of
from kill_switch import KillSwitch
from replication_lag import ReplicationLag
from witness import Witness

# ACM renews 60 days before the end; half of that gone means that it could not.
# (ACM user guide, "Managed certificate renewal")
CERTIFICATE_DAYS = 30
_ENABLED = "Enabled"
_ACTIVE = "ACTIVE"

Check = Callable[[], Reason]


@dataclass(frozen=True)
class Names:
    """What the standby's parts are called."""

    primary_region: str
    own_region: str
    own_cluster_arn: str
    own_secret_arn: str
    session_table: str
    primary_bucket: str
    own_bucket: str
    certificate_arn: str
    payments_function: str
    machine_arns: tuple[str, ...]


@dataclass(frozen=True)
class Services:
    """AWS as the checks ask it; boto3 clients where no module of ours wraps them."""

    aurora: Aurora
    lag: ReplicationLag
    endpoint: Endpoint
    witness: Witness
    switch: KillSwitch
    secrets: Any
    keys: Any
    buckets: Any
    primary_buckets: Any
    tables: Any
    certificates: Any
    functions: Any
    machines: Any


@dataclass(frozen=True)
class StandbyChecks:
    """The checks of one standby."""

    names: Names
    services: Services
    lag_milliseconds: int
    lag_age_seconds: int
    clock: Callable[[], float]

    def database_member(self) -> Reason:
        """The cluster belongs to the global database."""
        database = self.services.aurora.global_database()
        return conditions.member(database, self.names.own_cluster_arn)

    def database_instance(self) -> Reason:
        """The cluster has an instance to be the writer."""
        return conditions.has_instance(self.services.aurora.able_instances())

    def versions(self) -> Reason:
        """Both clusters run the same engine."""
        aurora = self.services.aurora
        return conditions.same_version(aurora.global_database(), aurora.engine_version())

    def replication_lag(self) -> Reason:
        """The standby is caught up, and that is known."""
        lag = self.services.lag.latest()
        return conditions.caught_up(lag, self.lag_milliseconds, self.lag_age_seconds)

    def secret(self) -> Reason:
        """The database's credentials can be read here, so their key works too."""
        answer = self.services.secrets.get_secret_value(SecretId=self.names.own_secret_arn)
        return None if answer.get("SecretString") else "the secret is empty"

    def storage_key(self) -> Reason:
        """The keys of the bucket and of the database's storage are enabled."""
        for what, key in (("bucket", self._bucket_key()), ("database", self._database_key())):
            if key is None:
                return f"the {what} names no key"
            metadata = self.services.keys.describe_key(KeyId=key)["KeyMetadata"]
            if metadata["KeyState"] != _ENABLED:
                return f"the key of the {what} is {metadata['KeyState']}"
        return None

    def bucket_replication(self) -> Reason:
        """Receipts are replicated from here, and to here as far as the primary region says. A
        primary that does not answer is `primary_answers`' business."""
        here = self._replication(self.services.buckets, self.names.own_bucket)
        if here is not None:
            return f"from {self.names.own_region}: {here}"
        try:
            there = self._primary_replication()
        except Unknown:
            return None
        return there and f"from {self.names.primary_region}: {there}"

    def primary_answers(self) -> Reason:
        """The primary region answers at all, be it with a refusal."""
        with contextlib.suppress(ClientError):
            self._primary_replication()
        return None

    def table_replica(self) -> Reason:
        """The session table is active, and so is its replica in the primary region."""
        answer = self.services.tables.describe_table(TableName=self.names.session_table)
        table = answer["Table"]
        if table.get("TableStatus") != _ACTIVE:
            return f"the table is {table.get('TableStatus')}"
        replicas = {replica.get("RegionName"): replica.get("ReplicaStatus") for replica in table.get("Replicas", [])}
        state = replicas.get(self.names.primary_region, "missing")
        return None if state == _ACTIVE else f"the replica in the primary region is {state}"

    def certificate(self) -> Reason:
        """The certificate is valid and will be for a while."""
        answer = self.services.certificates.describe_certificate(CertificateArn=self.names.certificate_arn)
        certificate = answer["Certificate"]
        if certificate.get("Status") != "ISSUED":
            return f"the certificate is {certificate.get('Status')}"
        now = datetime.fromtimestamp(self.clock(), UTC)
        left = certificate["NotAfter"] - now
        if left <= timedelta(days=CERTIFICATE_DAYS):
            return f"the certificate ends in {left.days} days"
        return None

    def concurrency(self) -> Reason:
        """The payment function is active and may run."""
        name, functions = self.names.payments_function, self.services.functions
        state = functions.get_function_configuration(FunctionName=name).get("State")
        if state != "Active":
            return f"the function is {state}"
        reserved = functions.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
        return "the function's concurrency is 0" if reserved == 0 else None

    def state_machines(self) -> Reason:
        """The state machines are there and active."""
        for arn in self.names.machine_arns:
            # Without the definition, which lies under a key that this function may not use.
            machine = self.services.machines.describe_state_machine(stateMachineArn=arn, includedData="METADATA_ONLY")
            state = machine["status"]
            if state != _ACTIVE:
                return f"{arn.rsplit(':', 1)[1]} is {state}"
        return None

    def kill_switch(self) -> Reason:
        """The kill switch lets a failover happen."""
        return conditions.armed(self.services.switch.value())

    def dns(self) -> Reason:
        """DNS names one of the two regions."""
        region = self.services.witness.active_region()
        known = region in (self.names.primary_region, self.names.own_region)
        return None if known else "DNS names neither region"

    def standby_endpoint(self) -> Reason:
        """The API here answers as a good standby."""
        return conditions.good_standby(self.services.endpoint.health())

    def active_endpoint(self) -> Reason:
        """The API here takes payments."""
        return conditions.takes_payments(self.services.endpoint.health())

    def _replication(self, client: Any, bucket: str) -> Reason:
        configuration = client.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
        states = [rule.get("Status") for rule in configuration.get("Rules", [])]
        if not states:
            return "there is no rule"
        return None if set(states) == {_ENABLED} else "a rule is disabled"

    def _primary_replication(self) -> Reason:
        """What the primary region says of its rules; raises `Unknown` if it does not answer."""
        try:
            return self._replication(self.services.primary_buckets, self.names.primary_bucket)
        except BotoCoreError as error:
            raise Unknown(reason_of(error)) from error
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= 500:
                raise Unknown(reason_of(error)) from error
            raise

    def _bucket_key(self) -> str | None:
        answer = self.services.buckets.get_bucket_encryption(Bucket=self.names.own_bucket)
        for rule in answer["ServerSideEncryptionConfiguration"]["Rules"]:
            default = rule.get("ApplyServerSideEncryptionByDefault", {})
            if default.get("KMSMasterKeyID"):
                return default["KMSMasterKeyID"]
        return None

    def _database_key(self) -> str | None:
        return self.services.aurora.cluster().get("KmsKeyId")
