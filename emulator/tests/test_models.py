"""Requests that break AWS's models are refused as the services would, in every protocol; others pass and are counted."""

from __future__ import annotations

import json
import unittest
import urllib.error
import urllib.request
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.support import PRIMARY, Emulator, eventually

# The client would find most of this itself.
UNCHECKED = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
ROLE = "arn:aws:iam::123456789012:role/any"
TRUST = {"Version": "2012-10-17", "Statement": []}


class ModelsTest(unittest.TestCase):
    """Each test breaks one thing."""

    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())

    def client(self, service: str) -> Any:
        """A client that sends whatever it is given."""
        return boto3.client(
            service,
            region_name=PRIMARY,
            endpoint_url=self.emulator.endpoint,
            config=UNCHECKED,
            aws_access_key_id="123456789012",
            aws_secret_access_key="x",
        )

    def refused(self, service: str, operation: str, code: str, said: str, **given: Any) -> None:
        """Expect the service's error."""
        with self.assertRaises(ClientError) as raised:
            getattr(self.client(service), operation)(**given)
        error = raised.exception.response["Error"]
        self.assertEqual(error["Code"], code)
        self.assertIn(said, error["Message"])
        self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        last = self.emulator.own("models")["refused"][-1]
        self.assertEqual(last["code"], code)

    def test_query(self) -> None:
        said = "Value 'a b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern"
        self.refused(
            "iam",
            "create_role",
            "ValidationError",
            said,
            RoleName="a b",
            AssumeRolePolicyDocument=json.dumps(TRUST),
        )
        self.refused(
            "iam",
            "create_role",
            "ValidationError",
            "at 'tags.1.member.value' failed",
            RoleName="fine",
            AssumeRolePolicyDocument=json.dumps(TRUST),
            Tags=[{"Key": "Owner", "Value": "a, b"}],
        )
        # What the text of a member says, where the model has no pattern.
        self.refused(
            "rds",
            "create_global_cluster",
            "InvalidParameterValue",
            "'globalClusterIdentifier'",
            GlobalClusterIdentifier="1st",
            Engine="aurora-postgresql",
        )
        self.refused("sns", "create_topic", "InvalidParameter", "'name'", Name="a topic")

    def test_ec2(self) -> None:
        permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1}
        self.refused(
            "ec2",
            "authorize_security_group_ingress",
            "InvalidParameterValue",
            "Invalid rule description",
            GroupId="sg-1",
            IpPermissions=[{**permission, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "it's"}]}],
        )
        self.refused(
            "ec2",
            "create_security_group",
            "InvalidParameterValue",
            "for parameter Description is invalid",
            GroupName="g",
            Description="the group's",
        )
        self.refused("ec2", "create_security_group", "MissingParameter", "GroupName", Description="a group")
        self.refused(
            "ec2",
            "create_vpc_endpoint",
            "InvalidParameterValue",
            "VpcEndpointType",
            VpcId="vpc-1",
            ServiceName="s",
            VpcEndpointType="Wormhole",
        )

    def test_json(self) -> None:
        self.refused(
            "dynamodb",
            "update_time_to_live",
            "ValidationException",
            "Member must not be null",
            TableName="sessions",
            TimeToLiveSpecification={"AttributeName": "ttl"},
        )
        self.refused(
            "kms",
            "create_key",
            "ValidationException",
            "Member must satisfy enum value set",
            KeyUsage="HOLD",
        )
        self.refused(
            "stepfunctions",
            "create_state_machine",
            "ValidationException",
            "'name' failed to satisfy constraint: Member must have length less than or equal to 80",
            name="n" * 81,
            definition="{}",
            roleArn=ROLE,
        )
        self.refused(
            "logs",
            "put_retention_policy",
            "SerializationException",
            "retentionInDays",
            logGroupName="g",
            retentionInDays="a week",
        )

    def test_cbor(self) -> None:
        body = b"\xa1iAlarmName`"  # {"AlarmName": ""}
        with self.assertRaises(urllib.error.HTTPError) as raised:
            self.send(
                "monitoring",
                "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm",
                body,
                {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"},
            )
        self.assertEqual(raised.exception.code, 400)
        self.assertIn("at 'alarmName'", json.loads(raised.exception.read())["message"])

    def test_rest_json_in_body_path_and_query(self) -> None:
        self.refused(
            "scheduler",
            "create_schedule",
            "ValidationException",
            "'target.roleArn'",
            Name="s",
            ScheduleExpression="rate(1 minute)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f", "RoleArn": "someone"},
        )
        self.refused("scheduler", "create_schedule_group", "ValidationException", "'name'", Name="a b")
        self.refused(
            "lambda",
            "list_functions",
            "InvalidParameterValueException",
            "'maxItems'",
            MaxItems=0,
        )
        self.refused(
            "xray", "create_group", "InvalidRequestException", "length less than or equal to 32", GroupName="g" * 33
        )

    def test_rest_xml_in_body_and_headers(self) -> None:
        self.refused(
            "route53",
            "change_resource_record_sets",
            "InvalidInput",
            "resourceRecordSet.type'",
            HostedZoneId="Z1",
            ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": {"Name": "a.example", "Type": "B"}}]},
        )
        self.refused(
            "s3",
            "put_object",
            "InvalidArgument",
            "'storageClass'",
            Bucket="receipts",
            Key="k",
            Body=b"x",
            StorageClass="ATTIC",
        )
        self.refused(
            "s3",
            "put_bucket_versioning",
            "InvalidArgument",
            "'versioningConfiguration.status'",
            Bucket="receipts",
            VersioningConfiguration={"Status": "On"},
        )

    def test_members_that_no_model_has(self) -> None:
        target = {"x-amz-target": "TrentService.CreateKey", "content-type": "application/x-amz-json-1.1"}
        with self.assertRaises(urllib.error.HTTPError) as raised:
            self.send("kms", "/", json.dumps({"Colour": "red"}).encode(), target)
        self.assertIn("Colour", json.loads(raised.exception.read())["message"])
        with self.assertRaises(urllib.error.HTTPError) as raised:
            self.send("ec2", "/", b"Action=CreateVpc&CidrBlock=10.0.0.0%2F16&Colour=red", {})
        self.assertIn(b"<Code>UnknownParameter</Code>", raised.exception.read())

    def test_requests_that_are_right_pass_and_are_counted(self) -> None:
        before = self.emulator.own("models")
        self.emulator.client("iam").create_role(RoleName="right", AssumeRolePolicyDocument=json.dumps(TRUST))
        s3 = self.emulator.client("s3")
        s3.create_bucket(Bucket="right-bucket")
        s3.put_object(Bucket="right-bucket", Key="a/b c", Body=b"x", Metadata={"who": "me"})
        self.assertEqual(s3.get_object(Bucket="right-bucket", Key="a/b c")["Body"].read(), b"x")
        after = self.emulator.own("models")
        self.assertEqual(after["requests"]["iam"], before["requests"].get("iam", 0) + 1)
        self.assertEqual(after["requests"]["s3"], before["requests"].get("s3", 0) + 3)
        self.assertEqual(len(after["refused"]), len(before["refused"]))

    def test_what_a_state_machine_sends(self) -> None:
        sns = "arn:aws:states:::aws-sdk:dynamodb:putItem"
        item = {"Id": {"S": "1"}}
        for given, name, said in (
            ({"Item": item}, "DynamoDb.DynamoDbException", "'tableName' failed"),
            ({"TableName": "t", "Item": item, "Colour": "red"}, "States.Runtime", "'Colour' is not supported"),
        ):
            error, cause = self.failure({"Type": "Task", "Resource": sns, "Parameters": given, "End": True})
            self.assertEqual(error, name)
            self.assertIn(said, cause)

    def test_what_an_optimized_integration_sends(self) -> None:
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "End": True,
            "Parameters": {
                "TopicArn": "arn:aws:sns:us-east-1:123456789012:t",
                "Message": {"an": "object"},
                "Sbject": "s",
            },
        }
        error, cause = self.failure(state)
        self.assertEqual(error, "States.Runtime")
        self.assertIn("'Sbject'", cause)

    def test_what_an_event_and_a_schedule_send(self) -> None:
        # Longer than an ARN that StartExecution takes, and not than one of a target.
        machine = f"arn:aws:states:{PRIMARY}:123456789012:stateMachine:{'m' * 240}"
        events = self.emulator.client("events")
        events.put_rule(Name="to-a-machine", EventPattern=json.dumps({"source": ["tests"]}), State="ENABLED")
        events.put_targets(Rule="to-a-machine", Targets=[{"Id": "machine", "Arn": machine, "RoleArn": ROLE}])
        events.put_events(Entries=[{"Source": "tests", "DetailType": "d", "Detail": "{}"}])
        self.assertIn("'stateMachineArn' failed", self.refused_to("EventBridge", 1))
        self.emulator.client("scheduler").create_schedule(
            Name="to-a-machine",
            ScheduleExpression="rate(1 minute)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": machine, "RoleArn": ROLE},
        )
        self.assertIn("'stateMachineArn' failed", self.refused_to("EventBridge", 2))

    def refused_to(self, sender: str, count: int) -> str:
        """What the last of a sender's refused requests was told."""

        def found() -> Any:
            of_sender = [one for one in self.emulator.own("models")["refused"] if one["sender"] == sender]
            return of_sender if len(of_sender) >= count else None

        return str(eventually(found)[-1]["message"])

    def failure(self, state: dict[str, Any]) -> tuple[str, str]:
        """Error and cause of a machine with one state."""
        machines = self.emulator.client("stepfunctions")
        name = f"machine-{len(machines.list_state_machines()['stateMachines'])}"
        arn = machines.create_state_machine(
            name=name,
            definition=json.dumps({"StartAt": "It", "States": {"It": state}}),
            roleArn=ROLE,
        )["stateMachineArn"]
        execution = machines.start_execution(stateMachineArn=arn)["executionArn"]

        def ended() -> Any:
            found = machines.describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None

        found = eventually(ended)
        self.assertEqual(found["status"], "FAILED")
        return found["error"], found["cause"]

    def send(self, service: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        """A request as no client would send it."""
        scope = f"AWS4-HMAC-SHA256 Credential=123456789012/20261129/{PRIMARY}/{service}/aws4_request, Signature=x"
        request = urllib.request.Request(
            f"{self.emulator.endpoint}{path}", body, {"authorization": scope, **headers}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            return bytes(reply.read())


if __name__ == "__main__":
    unittest.main()
