// Judges requests by policies: one request a line on stdin, one answer a line on stdout, until stdin ends.
//
// A request is `{"id", "simulation"}`, a simulation as @cloud-copilot/iam-simulate takes it. The answer has its id, the
// `result` (Allowed, ImplicitlyDenied, ExplicitlyDenied) and the statements that allowed or denied it.

import { createInterface } from 'node:readline'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

// The library takes no `*` for a resource's type (findings/iam_simulate_wildcard_resource_type.sh), and forgets what a
// request says of its encryption context (findings/iam_simulate_encryption_context.sh). So both are said in other words:
// the type with its name as one `*`, the encryption context as a key that the library knows for every request.
const ANY_TYPE = /^(arn:aws:[^:]*:[^:]*:[^:]*:)\*\/\*$/
const ENCRYPTION_CONTEXT = /^kms:EncryptionContext:/i
const KNOWN_KEY = 'aws:PrincipalTag/kms:EncryptionContext:'

const readableKeys = (values) =>
  Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key.replace(ENCRYPTION_CONTEXT, KNOWN_KEY), value]))

function readableStatement(statement) {
  const readable = { ...statement }
  if (statement.Resource) {
    const resources = [].concat(statement.Resource).map((resource) => resource.replace(ANY_TYPE, '$1*'))
    readable.Resource = Array.isArray(statement.Resource) ? resources : resources[0]
  }
  if (statement.Condition) {
    readable.Condition = Object.fromEntries(
      Object.entries(statement.Condition).map(([operator, values]) => [operator, readableKeys(values)]),
    )
  }
  return readable
}

const readablePolicy = (policy) => policy && { ...policy, Statement: [].concat(policy.Statement).map(readableStatement) }
const readablePolicies = (named) => named?.map(({ name, policy }) => ({ name, policy: readablePolicy(policy) }))

const readable = (simulation) => ({
  ...simulation,
  request: { ...simulation.request, contextVariables: readableKeys(simulation.request.contextVariables) },
  identityPolicies: readablePolicies(simulation.identityPolicies),
  resourcePolicy: readablePolicy(simulation.resourcePolicy),
  vpcEndpointPolicies: readablePolicies(simulation.vpcEndpointPolicies),
})

// AWS's reference names two ARNs for some types (REST and HTTP APIs), the same ARN for two types (vaults), and leaves some out
// (POST on a resource of a REST API). The library then refuses to judge. AWS holds the ARN itself against the policies, and so does
// the library's evaluation without the reference, which knows no endpoint policies.
const UNCLEAR_TYPE = new Set(['no.resource.types', 'multiple.resource.types'])
const SERVICES_OF_UNCLEAR_TYPES = new Set(['apigateway', 'backup'])

const isUnclear = (answer, { request, vpcEndpointPolicies }) =>
  UNCLEAR_TYPE.has(answer.errors?.message) &&
  SERVICES_OF_UNCLEAR_TYPES.has(request.action.split(':')[0]) &&
  !vpcEndpointPolicies?.length

const ANALYSES = ['identityAnalysis', 'resourceAnalysis', 'endpointAnalysis']

function statements(analysis, kind) {
  return ANALYSES.flatMap((name) =>
    (analysis?.[name]?.[kind] ?? []).map((found) => ({
      from: name.replace('Analysis', ''),
      policy: found.policyId ?? '',
      statement: found.statement?.Sid ?? found.explain?.identifier ?? '',
    })),
  )
}

async function judge({ id, simulation }) {
  try {
    const answer = await runSimulation(readable(simulation), {})
    if (answer.resultType === 'error' && isUnclear(answer, simulation)) {
      return { id, result: runUnsafeSimulation(readable(simulation), {}), allowing: [], denying: [] }
    }
    if (answer.resultType === 'error') return { id, error: JSON.stringify(answer.errors) }
    // A request for several resources is allowed if each of them is.
    const results = answer.result ? [answer.result] : (answer.results ?? []).map((one) => one.result ?? one)
    return {
      id,
      result: answer.overallResult,
      allowing: results.flatMap((one) => statements(one.analysis, 'allowStatements')),
      denying: results.flatMap((one) => statements(one.analysis, 'denyStatements')),
    }
  } catch (error) {
    return { id, error: String(error?.stack ?? error) }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await judge(JSON.parse(line)))}\n`)
}
