#!/usr/bin/env bash
# parliament 1.6.4 (PyPI): each statement is judged alone, so one action in several statements is reported as a mistake.
#
# An action such as ec2:CreateNetworkInterface is for several kinds of resources at once. IAM grants it if the statements of a
# policy do so together (IAM user guide, "Policy evaluation logic"), and a condition that fits one kind only makes a statement of
# its own necessary. parliament wants the required kinds, network interface and subnet, in every single statement; the security
# group, which the request also names, is optional for it. So a statement per kind has one, two and one kinds missing, and
# the same three resources in one statement have none.
#
# Guessed before running: no finding for either policy. Seen: RESOURCE_MISMATCH for each of the three statements.
# Needs python3. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check parliament==1.6.4 setuptools==80.9.0
cat >ask.py <<'EOF'
import json
from parliament import analyze_policy_string

here = "arn:aws:ec2:us-east-1:123456789012:"
kinds = [here + kind for kind in ("subnet/subnet-1", "security-group/sg-1", "network-interface/*")]


def allow(resources):
    return {"Effect": "Allow", "Action": "ec2:CreateNetworkInterface", "Resource": resources}


def findings(*statements):
    analysis = analyze_policy_string(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    missing = [sum("required_format" in one for one in found.detail) for found in analysis.findings]
    return [found.issue for found in analysis.findings], missing


print("together", *findings(allow(kinds)))
print("apart", *findings(*map(allow, kinds)))
EOF
seen=$(tools/bin/python ask.py 2>/dev/null)
expected="together [] []
apart ['RESOURCE_MISMATCH', 'RESOURCE_MISMATCH', 'RESOURCE_MISMATCH'] [1, 2, 1]"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
echo "unchanged"
