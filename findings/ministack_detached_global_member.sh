#!/usr/bin/env bash
# ministack 1.5.33 (PyPI): RemoveFromGlobalCluster of a cluster that has left the global database already answers
# DBClusterNotFoundFault (404). AWS answers InvalidParameterValue (400) with "is not found in global cluster", the only answer
# by which hashicorp/terraform-provider-aws takes an RDS member for removed (internal/service/rds/global_cluster.go).
#
# So on this emulator the destroy of an `aws_rds_global_cluster` with `force_destroy = true` fails where it passes on AWS: the
# provider removes the members of its last refresh, and a secondary `aws_rds_cluster` of the same state is deleted before.
# Guessed before running: the answer of AWS, since the same emulator says that it is tested with Terraform.
# Needs Python 3.11 or newer. Listens on loopback only. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.106
unset AWS_CA_BUNDLE
export AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=x AWS_DEFAULT_REGION=us-east-2
export BIND_HOST=127.0.0.1 GATEWAY_PORT
GATEWAY_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
venv/bin/ministack >server.log 2>&1 &
server=$!
cat >ask.py <<'EOP'
import os
import time

import boto3
from botocore.exceptions import ClientError, EndpointConnectionError

rds = boto3.client("rds", endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}")
for _ in range(100):
    try:
        rds.describe_global_clusters()
        break
    except EndpointConnectionError:
        time.sleep(0.2)

engine = {"Engine": "aurora-postgresql", "EngineVersion": "17.7"}
rds.create_global_cluster(GlobalClusterIdentifier="shared", **engine)
arn = rds.create_db_cluster(
    DBClusterIdentifier="member",
    GlobalClusterIdentifier="shared",
    MasterUsername="administrator",
    MasterUserPassword="correct-horse-battery",
    **engine,
)["DBCluster"]["DBClusterArn"]
for time_of_asking in ("first", "second"):
    try:
        rds.remove_from_global_cluster(GlobalClusterIdentifier="shared", DbClusterIdentifier=arn)
        print(f"{time_of_asking}: removed")
    except ClientError as error:
        print(f"{time_of_asking}: {error.response['ResponseMetadata']['HTTPStatusCode']} {error.response['Error']['Code']}")
EOP
seen=$(venv/bin/python ask.py)
expected='first: removed
second: 404 DBClusterNotFoundFault'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
echo "unchanged"
