"""A role may do what its policies and those of the resources let it do; everything else is denied as AWS denies it."""

from __future__ import annotations

import io
import json
import unittest
import zipfile
from typing import Any

import boto3
from botocore.exceptions import ClientError

from tests.support import NO_RETRIES, PRIMARY, Emulator, eventually

ACCOUNT = "123456789012"
CODE = """
import boto3
def handler(event, context):
    client = boto3.client(event["service"], region_name=event["region"])
    try:
        getattr(client, event["call"])(**event["given"])
    except Exception as error:
        return str(error)
    return "done"
"""
ANYBODY_OF_THE_ACCOUNT = [
    {
        "Sid": "Root",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    },
]


def policy(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trusting(service: str) -> str:
    """A trust policy."""
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


class PermissionsTest(unittest.TestCase):
    """Each test has roles of its own."""

    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator(permissions=True))

    def role(self, name: str, *statements: dict[str, Any], trust: str | None = None) -> str:
        """A role with one policy: its ARN."""
        iam = self.emulator.client("iam")
        anybody = policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust or anybody)["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(*statements))
        return arn

    def as_role(self, arn: str, service: str) -> Any:
        """A client that signs as the role."""
        keys = self.emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return boto3.client(
            service,
            region_name=PRIMARY,
            endpoint_url=self.emulator.endpoint,
            config=NO_RETRIES,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def denied(self, code: str, said: str, call: Any, **given: Any) -> None:
        """Expect a denial with this code and these words."""
        with self.assertRaises(ClientError) as raised:
            call(**given)
        error = raised.exception.response["Error"]
        self.assertEqual(error["Code"], code, error)
        self.assertIn(said, error["Message"])

    def table(self, name: str) -> str:
        """A table with a key of the account's: its ARN."""
        key = self.emulator.client("kms").create_key(Policy=policy(*ANYBODY_OF_THE_ACCOUNT))["KeyMetadata"]["Arn"]
        created = self.emulator.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
        )
        arn: str = created["TableDescription"]["TableArn"]
        return arn

    def test_json_protocol_with_a_condition_and_the_tables_key(self) -> None:
        arn = self.table("locks")
        own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "mine"}}
        via = {"StringEquals": {"kms:ViaService": f"dynamodb.{PRIMARY}.amazonaws.com"}}
        role = self.role("locker", allow("dynamodb:PutItem", arn, Condition=own), allow("kms:Decrypt", Condition=via))
        table = self.as_role(role, "dynamodb")
        table.put_item(TableName="locks", Item={"id": {"S": "mine"}})
        self.denied(
            "AccessDeniedException",
            "is not authorized to perform: dynamodb:PutItem on resource",
            table.put_item,
            TableName="locks",
            Item={"id": {"S": "another's"}},
        )
        self.denied(
            "AccessDeniedException",
            "dynamodb:DeleteItem",
            table.delete_item,
            TableName="locks",
            Key={"id": {"S": "mine"}},
        )

    def test_the_tables_key_is_needed_too(self) -> None:
        arn = self.table("keyed")
        table = self.as_role(self.role("keyless", allow("dynamodb:*", arn)), "dynamodb")
        self.denied("AccessDeniedException", "kms:Decrypt", table.get_item, TableName="keyed", Key={"id": {"S": "1"}})

    def test_a_key_may_be_made_with_tags_by_who_may_tag_keys(self) -> None:
        any_key = f"arn:aws:kms:{PRIMARY}:{ACCOUNT}:key/*"
        made = {"Policy": policy(*ANYBODY_OF_THE_ACCOUNT), "Tags": [{"TagKey": "Name", "TagValue": "new"}]}
        maker = self.role("maker", allow("kms:CreateKey"), allow("kms:TagResource", any_key))
        self.as_role(maker, "kms").create_key(**made)
        untagging = self.as_role(self.role("untagging", allow("kms:CreateKey")), "kms")
        self.denied("AccessDeniedException", "kms:TagResource", untagging.create_key, **made)

    def test_an_api_is_made_with_tags_by_who_may_put_tags(self) -> None:
        apis, tags = (f"arn:aws:apigateway:{PRIMARY}::/{path}" for path in ("restapis", "tags/*"))
        made = {"name": "tagged", "tags": {"Name": "new"}}
        maker = self.role("api-maker", allow("apigateway:POST", apis), allow("apigateway:PUT", tags))
        self.as_role(maker, "apigateway").create_rest_api(**made)
        untagging = self.as_role(self.role("api-untagging", allow("apigateway:POST", apis)), "apigateway")
        self.denied("AccessDeniedException", "apigateway:PUT", untagging.create_rest_api, **made)

    def test_what_the_reference_has_no_type_for_is_judged_by_its_arn(self) -> None:
        api = self.emulator.client("apigateway").create_rest_api(name="untyped")["id"]
        model = {"restApiId": api, "name": "One", "contentType": "application/json", "schema": "{}"}
        path = f"arn:aws:apigateway:{PRIMARY}::/restapis/{api}/models"
        self.as_role(self.role("modeller", allow("apigateway:POST", path)), "apigateway").create_model(**model)
        nobody = self.as_role(self.role("no-modeller", allow("apigateway:POST", f"{path}/other")), "apigateway")
        self.denied("AccessDeniedException", "apigateway:POST", nobody.create_model, **model)

    def test_what_the_reference_has_two_types_for_is_judged_by_its_arn(self) -> None:
        vault = f"arn:aws:backup:{PRIMARY}:{ACCOUNT}:backup-vault:tagged"
        made = {"BackupVaultName": "tagged", "BackupVaultTags": {"Name": "new"}}
        actions = ["backup:CreateBackupVault", "backup:TagResource"]
        self.as_role(self.role("vaulter", allow(actions, vault)), "backup").create_backup_vault(**made)
        untagging = self.as_role(self.role("vault-untagging", allow(actions[0], vault)), "backup")
        self.denied("AccessDeniedException", "backup:TagResource", untagging.create_backup_vault, **made)

    def test_a_key_that_aws_manages_may_be_read_about(self) -> None:
        key = f"arn:aws:kms:{PRIMARY}:{ACCOUNT}:key/*"
        reader = self.as_role(self.role("key-reader", allow(["kms:DescribeKey", "kms:Encrypt"], key)), "kms")
        reader.describe_key(KeyId="alias/aws/dynamodb")
        self.denied(
            "AccessDeniedException",
            "kms:Encrypt",
            reader.encrypt,
            KeyId="alias/aws/dynamodb",
            Plaintext=b"text",
        )

    def test_names_are_as_in_their_arns(self) -> None:
        group = f"arn:aws:logs:{PRIMARY}:{ACCOUNT}:log-group:/aws/lambda/mine"
        acl = f"arn:aws:wafv2:{PRIMARY}:{ACCOUNT}:regional/webacl/mine/*"
        statements = [allow("logs:CreateLogGroup", group), allow("wafv2:GetWebACL", acl)]
        role = self.role("namer", *statements)
        logs, waf = self.as_role(role, "logs"), self.as_role(role, "wafv2")
        logs.create_log_group(logGroupName="/aws/lambda/mine")
        self.denied(
            "AccessDeniedException", "logs:CreateLogGroup", logs.create_log_group, logGroupName="aws/lambda/mine"
        )
        with self.assertRaises(waf.exceptions.WAFNonexistentItemException):
            waf.get_web_acl(Name="mine", Scope="REGIONAL", Id="11111111-1111-1111-1111-111111111111")

    def test_query_protocol(self) -> None:
        rds = self.as_role(self.role("nobody"), "rds")
        self.denied("AccessDenied", "rds:DescribeDBClusters", rds.describe_db_clusters)

    def test_ec2(self) -> None:
        ec2 = self.as_role(self.role("nobody-in-ec2"), "ec2")
        self.denied("UnauthorizedOperation", "ec2:DescribeVpcs", ec2.describe_vpcs)

    def test_s3_and_its_bucket_policy(self) -> None:
        self.emulator.client("s3").create_bucket(Bucket="shared")
        role = self.role("guest")
        s3 = self.as_role(role, "s3")
        self.denied("AccessDenied", "s3:PutObject", s3.put_object, Bucket="shared", Key="a", Body=b"1")
        self.emulator.client("s3").put_bucket_policy(
            Bucket="shared",
            Policy=policy(
                allow("s3:PutObject", "arn:aws:s3:::shared/*", Principal={"AWS": role}),
            ),
        )
        s3.put_object(Bucket="shared", Key="a", Body=b"1")
        self.denied("AccessDenied", "s3:GetObject", s3.get_object, Bucket="shared", Key="a")

    def test_a_function_signs_as_its_role_and_only_for_what_it_may(self) -> None:
        topic = self.emulator.client("sns").create_topic(Name="news")["TopicArn"]
        role = self.role("reporter", trust=trusting("lambda.amazonaws.com"))
        function = self.function("reporter", role)
        event = {"service": "sns", "region": PRIMARY, "call": "publish", "given": {"TopicArn": topic, "Message": "m"}}
        self.assertIn("is not authorized to perform: sns:Publish", self.invoke(function, event))
        self.emulator.client("iam").put_role_policy(
            RoleName="reporter", PolicyName="own", PolicyDocument=policy(allow("sns:Publish", topic))
        )
        self.assertEqual(self.invoke(function, event), "done")

    def test_a_role_that_does_not_trust_the_service_is_not_taken(self) -> None:
        role = self.role("distrustful", trust=trusting("ec2.amazonaws.com"))
        with self.assertRaises(ClientError) as raised:
            self.function("distrustful", role)
        self.assertIn("cannot be assumed by lambda.amazonaws.com", str(raised.exception))

    def test_a_state_machine_calls_as_its_role(self) -> None:
        topic = self.emulator.client("sns").create_topic(Name="machine")["TopicArn"]
        role = self.role("machine", trust=trusting("states.amazonaws.com"))
        states = self.emulator.client("stepfunctions")
        definition = {
            "StartAt": "Tell",
            "States": {
                "Tell": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::sns:publish",
                    "End": True,
                    "Parameters": {"TopicArn": topic, "Message": "m"},
                }
            },
        }
        machine = states.create_state_machine(name="teller", roleArn=role, definition=json.dumps(definition))[
            "stateMachineArn"
        ]
        self.assertEqual(self.ended(states, machine)["status"], "FAILED")
        self.assertIn("sns:Publish", self.ended(states, machine)["cause"])
        self.emulator.client("iam").put_role_policy(
            RoleName="machine", PolicyName="own", PolicyDocument=policy(allow("sns:Publish", topic))
        )
        self.assertEqual(self.ended(states, machine)["status"], "SUCCEEDED")

    def test_a_backup_asks_for_its_roles_permissions(self) -> None:
        table, backup = self.table("backed-up"), self.emulator.client("backup")
        backup.create_backup_vault(BackupVaultName="kept")
        vault = f"arn:aws:backup:{PRIMARY}:{ACCOUNT}:backup-vault:kept"
        actions = ["dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:StartAwsBackupJob"]
        more = [allow(["backup:TagResource", "kms:*", "tag:GetResources"])]
        whole = self.role("backs-up", allow(actions, table), *more, trust=trusting("backup.amazonaws.com"))
        lacking = self.role("does-not", allow(actions[:-1], table), *more, trust=trusting("backup.amazonaws.com"))

        def ended(role: str) -> dict[str, Any]:
            job = backup.start_backup_job(BackupVaultName="kept", ResourceArn=table, IamRoleArn=role)
            found: dict[str, Any] = backup.describe_backup_job(BackupJobId=job["BackupJobId"])
            return found

        failed = ended(lacking)
        self.assertEqual(failed["State"], "FAILED")
        self.assertIn("dynamodb:StartAwsBackupJob", failed["StatusMessage"])
        done = ended(whole)
        self.assertEqual((done["State"], done.get("StatusMessage", "")), ("COMPLETED", ""))
        copied = {"RecoveryPointArn": done["RecoveryPointArn"], "SourceBackupVaultName": "kept"}
        copy = backup.start_copy_job(**copied, DestinationBackupVaultArn=vault, IamRoleArn=whole)
        job = backup.describe_copy_job(CopyJobId=copy["CopyJobId"])["CopyJob"]
        self.assertEqual(job["State"], "FAILED")
        self.assertIn("backup:CopyFromBackupVault", job["StatusMessage"])
        restore = backup.start_restore_job(RecoveryPointArn=done["RecoveryPointArn"], Metadata={}, IamRoleArn=whole)
        job = backup.describe_restore_job(RestoreJobId=restore["RestoreJobId"])
        self.assertEqual(job["Status"], "FAILED")
        self.assertIn("dynamodb:RestoreTableFromAwsBackup", job["StatusMessage"])

    def test_an_unknown_key_is_refused(self) -> None:
        client = boto3.client(
            "sqs",
            region_name=PRIMARY,
            endpoint_url=self.emulator.endpoint,
            config=NO_RETRIES,
            aws_access_key_id="ASIANOBODYKNOWSTHIS0",
            aws_secret_access_key="x",
        )
        self.denied("InvalidClientTokenId", "security token", client.list_queues)

    def function(self, name: str, role: str) -> str:
        """A function that makes one call: its name."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("code.py", CODE)
        self.emulator.client("lambda").create_function(
            FunctionName=name,
            Role=role,
            Runtime="python3.13",
            Handler="code.handler",
            Timeout=30,
            Code={"ZipFile": packed.getvalue()},
        )
        return name

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """What the function answers."""
        answer = self.emulator.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        return json.loads(answer["Payload"].read())

    def ended(self, states: Any, machine: str) -> Any:
        """An execution that has ended."""
        arn = states.start_execution(stateMachineArn=machine)["executionArn"]

        def described() -> Any:
            found = states.describe_execution(executionArn=arn)
            return found if found["status"] != "RUNNING" else None

        return eventually(described)


if __name__ == "__main__":
    unittest.main()
