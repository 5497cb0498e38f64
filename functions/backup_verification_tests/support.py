"""A region in which restore tests were run: what AWS says of them, and what was published."""

import copy
import io
import json

from metrics import Metrics
from restore_job import RestoreJob, RestoreJobs
from restored_bucket import RestoredBucket
from restored_cluster import RestoredCluster
from restored_table import RestoredTable
from shared_tests.fake_client import FakeClient
from validator import Validator

PLAN = "arn:aws:backup:us-east-1:123456789012:restore-testing-plan:payments_restores-1"
DATABASE_KEY, SESSIONS_KEY, RECEIPTS_KEY = (
    f"arn:aws:kms:us-east-1:123456789012:key/{name}" for name in ("database", "sessions", "receipts")
)
RESTORED = "awsbackup-restore-test-1"
CLUSTER_ARN = f"arn:aws:rds:us-east-1:123456789012:cluster:{RESTORED}"
TABLE_ARN = f"arn:aws:dynamodb:us-east-1:123456789012:table/{RESTORED}"
BUCKET_ARN = f"arn:aws:s3:::{RESTORED}"
CREATED = {"Aurora": CLUSTER_ARN, "DynamoDB": TABLE_ARN, "S3": BUCKET_ARN}


def job(resource_type="DynamoDB", backup_bytes=4096):
    """A completed job, as the checks see it."""
    return RestoreJob("job-1", "COMPLETED", PLAN, resource_type, CREATED[resource_type], backup_bytes, None)


class World:
    """One region, in which everything was restored well."""

    def __init__(self):
        self.live_cluster = {
            "DBClusterIdentifier": "payments-database-use1-dev",
            "Status": "available",
            "Engine": "aurora-postgresql",
            "EngineVersion": "17.7",
            "MasterUsername": "payments",
            "StorageEncrypted": True,
            "KmsKeyId": DATABASE_KEY,
        }
        self.restored_cluster = {**self.live_cluster, "DBClusterIdentifier": RESTORED}
        self.live_table = {
            "TableName": "payments-sessions-use1-dev",
            "TableStatus": "ACTIVE",
            "KeySchema": [{"AttributeName": "session_id", "KeyType": "HASH"}],
            "SSEDescription": {"Status": "ENABLED", "KMSMasterKeyArn": SESSIONS_KEY},
        }
        self.restored_table = {**copy.deepcopy(self.live_table), "TableName": RESTORED}
        self.items = [{"session_id": {"S": "payment#1"}, "expires_at": {"N": "1"}}]
        self.objects = {f"receipts/p-{n}.json": receipt(f"p-{n}") for n in range(12)}
        self.object_key = RECEIPTS_KEY
        self.read = []
        self.job = {
            "RestoreJobId": "job-1",
            "Status": "COMPLETED",
            "CreatedBy": {"RestoreTestingPlanArn": PLAN},
            "ResourceType": "DynamoDB",
            "CreatedResourceArn": TABLE_ARN,
            "BackupSizeInBytes": 4096,
        }
        self.verdicts = []
        self.published = []
        self.backup = FakeClient(
            "backup",
            describe_restore_job=lambda RestoreJobId: self.job,
            put_restore_validation_result=self._put_verdict,
        )
        self.rds = FakeClient("rds", describe_db_clusters=self._clusters)
        self.dynamodb = FakeClient("dynamodb", describe_table=self._table, scan=self._scan)
        self.s3 = FakeClient("s3", list_objects_v2=self._list, get_object=self._get)
        self.cloudwatch = FakeClient("cloudwatch", put_metric_data=self._publish)

    def restores(self, resource_type):
        """The job has restored this kind of resource."""
        self.job |= {"ResourceType": resource_type, "CreatedResourceArn": CREATED[resource_type]}

    def cluster_check(self):
        return RestoredCluster(self.rds, self.live_cluster["DBClusterIdentifier"], DATABASE_KEY)

    def table_check(self):
        return RestoredTable(self.dynamodb, self.live_table["TableName"], SESSIONS_KEY)

    def bucket_check(self):
        return RestoredBucket(self.s3, RECEIPTS_KEY)

    def validator(self):
        return Validator(
            testing_plan_arn=PLAN,
            jobs=RestoreJobs(self.backup),
            checks={
                "Aurora": self.cluster_check().check,
                "DynamoDB": self.table_check().check,
                "S3": self.bucket_check().check,
            },
            metrics=Metrics(self.cloudwatch, "Payments/Backup", "dev"),
        )

    def _put_verdict(self, RestoreJobId, ValidationStatus, ValidationStatusMessage):
        self.verdicts.append((RestoreJobId, ValidationStatus, ValidationStatusMessage))

    def _publish(self, Namespace, MetricData):
        for datum in MetricData:
            dimensions = {entry["Name"]: entry["Value"] for entry in datum["Dimensions"]}
            self.published.append((Namespace, datum["MetricName"], datum["Value"], dimensions))

    def _clusters(self, DBClusterIdentifier):
        clusters = [self.live_cluster, self.restored_cluster]
        return {"DBClusters": [c for c in clusters if c["DBClusterIdentifier"] == DBClusterIdentifier]}

    def _table(self, TableName):
        tables = {table["TableName"]: table for table in (self.live_table, self.restored_table)}
        return {"Table": tables[TableName]}

    def _scan(self, TableName, Limit):
        assert TableName == RESTORED
        return {"Items": self.items[:Limit]}

    def _list(self, Bucket, MaxKeys):
        assert Bucket == RESTORED
        keys = sorted(self.objects)
        return {
            "Contents": [{"Key": key} for key in keys[:MaxKeys]],
            "IsTruncated": len(keys) > MaxKeys,
        }

    def _get(self, Bucket, Key):
        assert Bucket == RESTORED
        self.read.append(Key)
        return {"Body": io.BytesIO(self.objects[Key]), "SSEKMSKeyId": self.object_key}


def receipt(payment_id):
    """What the payment function writes."""
    return json.dumps({"payment_id": payment_id, "amount": "1.00"}).encode()
