#!/usr/bin/env bash
# @cloud-copilot/iam-simulate 0.1.173 (npm): a wildcard in the place of an ARN's resource type grants nothing.
#
# The Lambda developer guide ("Giving Lambda functions access to resources in an Amazon VPC") tells users to write
# `arn:aws:ec2:REGION:ACCOUNT:*/*` for ec2:DeleteNetworkInterface. The simulator reads `*/*` as no match for
# `subnet/subnet-1`, although `*` alone in the same place matches, and so does `subnet/*`. Whoever tests a Lambda role
# with it sees a denial that the guide does not predict.
#
# Guessed before running: Allowed for all three. Seen: ImplicitlyDenied for `*/*` and `sub*/*`.
# Needs node and npm. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @cloud-copilot/iam-simulate@0.1.173 >/dev/null
cat >ask.mjs <<'EOF'
import { runSimulation } from '@cloud-copilot/iam-simulate'
const account = '123456789012'
const prefix = `arn:aws:ec2:us-east-2:${account}:`
for (const pattern of ['*', 'subnet/*', '*/*', 'sub*/*']) {
  const result = await runSimulation({
    request: {
      principal: `arn:aws:iam::${account}:role/function`,
      action: 'ec2:CreateNetworkInterface',
      resource: { resource: `${prefix}subnet/subnet-1`, accountId: account },
      contextVariables: {},
    },
    identityPolicies: [{
      name: 'interfaces',
      policy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'ec2:CreateNetworkInterface', Resource: prefix + pattern }],
      },
    }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {})
  console.log(`${pattern} ${result.overallResult}`)
}
EOF
seen=$(node ask.mjs)
expected='* Allowed
subnet/* Allowed
*/* ImplicitlyDenied
sub*/* ImplicitlyDenied'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
echo "unchanged"
