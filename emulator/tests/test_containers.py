"""A request through an API's VPC link and a network load balancer to what stands for the tasks of a service."""

from __future__ import annotations

import json
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tests.support import Emulator

PROGRAM = """
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Front(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        names = ("COLOR", "AWS_REGION")
        answer = json.dumps({"path": self.path, "body": body, **{name: os.environ[name] for name in names}}).encode()
        self.send_response(201)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Front).serve_forever()
"""
IMAGE = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/team/orders@sha256:{'0' * 64}"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}],
}


class ContainersTest(unittest.TestCase):
    """A service of one task behind a load balancer, and an API before it."""

    def setUp(self) -> None:
        self.emulator = self.enterContext(Emulator())
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.balancers, self.services = self.emulator.client("elbv2"), self.emulator.client("ecs")
        self.apis = self.emulator.client("apigateway")
        (made,) = self.balancers.create_load_balancer(
            Name="tasks", Type="network", Scheme="internal", Subnets=["subnet-1"]
        )["LoadBalancers"]
        self.balancer, self.host = made["LoadBalancerArn"], made["DNSName"]
        (group,) = self.balancers.create_target_group(
            Name="tasks", Protocol="TCP", Port=80, TargetType="ip", VpcId="vpc-1"
        )["TargetGroups"]
        self.group = group
        forward = {"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}
        self.balancers.create_listener(LoadBalancerArn=self.balancer, Protocol="TCP", Port=80, DefaultActions=[forward])
        self.link = self.apis.create_vpc_link(name="tasks", targetArns=[self.balancer], tags={"Team": "x"})["id"]
        self.serve()
        self.api = self.integrate()

    def serve(self) -> None:
        role = self.emulator.client("iam").create_role(RoleName="tasks", AssumeRolePolicyDocument=json.dumps(TRUST))
        container = {
            "name": "service",
            "image": IMAGE,
            "environment": [{"name": "COLOR", "value": "blue"}],
            "portMappings": [{"containerPort": 8080}],
        }
        self.services.create_cluster(clusterName="tasks")
        self.services.register_task_definition(
            family="tasks",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            taskRoleArn=role["Role"]["Arn"],
            containerDefinitions=[container],
        )
        target = {
            "targetGroupArn": self.group["TargetGroupArn"],
            "containerName": "service",
            "containerPort": 8080,
        }
        self.services.create_service(
            cluster="tasks",
            serviceName="tasks",
            taskDefinition="tasks",
            desiredCount=1,
            launchType="FARGATE",
            availabilityZoneRebalancing="ENABLED",
            loadBalancers=[target],
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        )

    def integrate(self) -> str:
        api = self.apis.create_rest_api(name="tasks")
        names = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "POST"}
        self.apis.put_method(**names, authorizationType="NONE")
        self.apis.put_integration(
            **names,
            type="HTTP_PROXY",
            integrationHttpMethod="POST",
            connectionType="VPC_LINK",
            connectionId=self.link,
            uri=f"http://{self.host}/payments",
        )
        self.apis.create_deployment(restApiId=api["id"], stageName="live")
        identifier: str = api["id"]
        return identifier

    def stand_in(self) -> None:
        program = self.folder / "serve.py"
        program.write_text(PROGRAM)
        request = {"repository": "team/orders", "command": [sys.executable, str(program)]}
        asked = urllib.request.Request(
            f"{self.emulator.endpoint}/_emulator/containers", data=json.dumps(request).encode(), method="POST"
        )
        with urllib.request.urlopen(asked, timeout=10) as answer:
            self.assertEqual(answer.status, 200)

    def ask(self) -> tuple[int, Any]:
        url = f"{self.emulator.endpoint}/restapis/{self.api}/live/_user_request_/"
        try:
            with urllib.request.urlopen(url, data=b"7", timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def test_a_request_reaches_the_process_with_the_environment_of_the_task(self) -> None:
        self.stand_in()
        status, seen = self.ask()
        self.assertEqual((status, seen["path"], seen["body"], seen["COLOR"]), (201, "/payments", "7", "blue"))
        self.assertEqual(seen["AWS_REGION"], "us-east-1")

    def test_without_a_process_or_without_tasks_nothing_answers(self) -> None:
        self.assertGreaterEqual(self.ask()[0], 500)
        self.stand_in()
        self.assertEqual(self.ask()[0], 201)
        self.services.update_service(cluster="tasks", service="tasks", desiredCount=0)
        self.assertGreaterEqual(self.ask()[0], 500)
        self.services.update_service(cluster="tasks", service="tasks", desiredCount=1)
        self.assertEqual(self.ask()[0], 201)

    def test_a_service_keeps_what_terraform_reads_back(self) -> None:
        (service,) = self.services.describe_services(cluster="tasks", services=["tasks"])["services"]
        self.assertEqual(service["availabilityZoneRebalancing"], "ENABLED")

    def test_a_network_load_balancer_is_one_by_its_arn_and_has_a_protection(self) -> None:
        self.assertIn(":loadbalancer/net/tasks/", self.balancer)
        self.assertNotIn("HealthCheckPath", self.group)
        protection = {"Key": "deletion_protection.enabled", "Value": "true"}
        self.balancers.modify_load_balancer_attributes(LoadBalancerArn=self.balancer, Attributes=[protection])
        with self.assertRaisesRegex(ClientError, "OperationNotPermitted"):
            self.balancers.delete_load_balancer(LoadBalancerArn=self.balancer)

    def test_a_link_is_shown_changed_and_deleted(self) -> None:
        link = self.apis.get_vpc_link(vpcLinkId=self.link)
        self.assertEqual((link["status"], link["tags"]), ("AVAILABLE", {"Team": "x"}))
        change = [{"op": "replace", "path": "/description", "value": "other"}]
        self.assertEqual(self.apis.update_vpc_link(vpcLinkId=self.link, patchOperations=change)["description"], "other")
        self.apis.delete_vpc_link(vpcLinkId=self.link)
        self.assertEqual(self.apis.get_vpc_links()["items"], [])


if __name__ == "__main__":
    unittest.main()
