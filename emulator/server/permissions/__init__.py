"""Permissions are enforced: whoever is not the account's administrator may do what the policies let it do, and nothing else.

`principals` knows who signed a request, `actions` what a request asks for in IAM's words, `follow_ups` what the service
then does with the caller's permissions (decrypt, read a secret), `policies` collects the policies that stand in the account,
`judge` asks the process that evaluates them, `enforcement` puts it together, `ledger` remembers what was judged.
"""
