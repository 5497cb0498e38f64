#!/usr/bin/env bash
# ministack 1.5.33 (PyPI): three limits of time in a Step Functions definition are accepted and not kept.
#
#   1. `TimeoutSeconds` of the whole machine: an execution that waits 6 seconds under a limit of 2 succeeds. AWS ends it
#      after 2 as TIMED_OUT (Amazon States Language, "TimeoutSeconds" of the top level).
#   2. `MaxDelaySeconds` of a retrier: with IntervalSeconds 1, BackoffRate 5 and MaxDelaySeconds 1 the second wait is 5
#      seconds long. AWS caps each wait (Step Functions developer guide, "Error handling", `MaxDelaySeconds`).
#   3. A branch of a Parallel state that fails does not stop the others: the state ends when the slowest branch does.
#      AWS stops the other branches at once (developer guide, "Parallel workflow state").
#
# So a test on this emulator that "a machine ends in time", "is asked again soon enough" or "breaks off at once" says
# nothing. Guessed before running: all three kept, since the same emulator keeps a task's own TimeoutSeconds.
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
cat >ask.py <<'EOF'
import json
import os
import time

import boto3
from botocore.exceptions import EndpointConnectionError

endpoint = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"
states = boto3.client("stepfunctions", endpoint_url=endpoint)
for _ in range(100):
    try:
        states.list_state_machines()
        break
    except EndpointConnectionError:
        time.sleep(0.2)


def run(name, definition):
    machine = states.create_state_machine(
        name=name, definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/machine"
    )["stateMachineArn"]
    started = time.monotonic()
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    while True:
        status = states.describe_execution(executionArn=execution)["status"]
        seconds = time.monotonic() - started
        if status != "RUNNING" or seconds > 60:
            return status, seconds
        time.sleep(0.1)


wait = {"Type": "Wait", "Seconds": 6, "End": True}
status, seconds = run("limit", {"StartAt": "W", "TimeoutSeconds": 2, "States": {"W": wait}})
print(f"machine with TimeoutSeconds 2 and a wait of 6: {status} {'after 6' if seconds >= 6 else 'sooner'}")

missing = {
    "Type": "Task",
    "Resource": "arn:aws:states:::dynamodb:getItem",
    "Parameters": {"TableName": "not-there", "Key": {"id": {"S": "a"}}},
    "Retry": [
        {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 5, "MaxAttempts": 2, "MaxDelaySeconds": 1}
    ],
    "End": True,
}
status, seconds = run("delay", {"StartAt": "T", "States": {"T": missing}})
print(f"two retries of at most 1 second each: {status} {'after 6' if seconds >= 6 else 'sooner'}")

failing = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}
waiting = {"StartAt": "W", "States": {"W": wait}}
both = {"Type": "Parallel", "Branches": [waiting, failing], "End": True}
status, seconds = run("branches", {"StartAt": "P", "States": {"P": both}})
print(f"a failing branch beside a wait of 6: {status} {'after 6' if seconds >= 6 else 'sooner'}")
EOF
seen=$(venv/bin/python ask.py)
expected='machine with TimeoutSeconds 2 and a wait of 6: SUCCEEDED after 6
two retries of at most 1 second each: FAILED after 6
a failing branch beside a wait of 6: FAILED after 6'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
echo "unchanged"
