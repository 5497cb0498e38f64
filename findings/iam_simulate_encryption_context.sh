#!/usr/bin/env bash
# @cloud-copilot/iam-simulate 0.1.173 (npm): what a request says of its KMS encryption context is forgotten.
#
# The KMS developer guide ("kms:EncryptionContext:context-key") has conditions such as
# `kms:EncryptionContext:aws:sns:topicArn`, and the simulator's own data lists the key for kms:Decrypt. Yet the simulator
# puts the key among `ignoredContextKeys`, with colons in the context's name or without, and the condition never matches:
# whoever tests a key policy with it sees denials that AWS does not make.
#
# Guessed before running: Allowed for both, and nothing ignored. Seen: ImplicitlyDenied for both, and the key ignored.
# Needs node and npm. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @cloud-copilot/iam-simulate@0.1.173 >/dev/null
cat >ask.mjs <<'END'
import { runSimulation } from '@cloud-copilot/iam-simulate'
const account = '123456789012'
const key = `arn:aws:kms:us-east-2:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
for (const name of ['aws:sns:topicArn', 'department']) {
  const condition = `kms:EncryptionContext:${name}`
  const statement = {
    Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:role/function` }, Action: 'kms:Decrypt', Resource: '*',
    Condition: { StringEquals: { [condition]: 'value' } },
  }
  const answer = await runSimulation({
    request: {
      principal: `arn:aws:iam::${account}:role/function`,
      action: 'kms:Decrypt',
      resource: { resource: key, accountId: account },
      contextVariables: { [condition]: 'value' },
    },
    identityPolicies: [],
    resourcePolicy: { Version: '2012-10-17', Statement: [statement] },
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {})
  console.log(`${name} ${answer.overallResult} ignored: ${answer.result.ignoredContextKeys.join(' ')}`)
}
END
seen=$(node ask.mjs)
expected='aws:sns:topicArn ImplicitlyDenied ignored: kms:EncryptionContext:aws:sns:topicArn
department ImplicitlyDenied ignored: kms:EncryptionContext:department'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
echo "unchanged"
