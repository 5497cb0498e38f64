#!/usr/bin/env bash
# @cdktf/hcl2json 0.21.0 (npm) and Terraform 1.11: converted JSON does not load where Terraform's JSON takes no template.
#
# The converter writes every expression that is no literal as a template, `"${...}"`. Terraform's JSON syntax takes plain text
# in places that it reads without evaluating them: addresses, keywords and types (Terraform documentation, "JSON Configuration
# Syntax"). A configuration that Terraform takes in native syntax is refused after the conversion, in each of these places.
# Numbers pass through JavaScript, which keeps 53 bits of them: another value, without an error.
#
# Guessed before running: `type` alone, which no evaluation could serve. Seen: seven places refused, and the number changed.
# Needs node, npm and terraform. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @cdktf/hcl2json@0.21.0 >/dev/null
mkdir native converted
cat >native/main.tf <<'EOF'
variable "names" {
  type    = list(string)
  default = ["a"]
}

resource "terraform_data" "first" {
  input      = var.names
  depends_on = [terraform_data.second]
  lifecycle {
    ignore_changes       = [input]
    replace_triggered_by = [terraform_data.second]
  }
}

resource "terraform_data" "second" {
  provisioner "local-exec" {
    command = "true"
    when    = destroy
  }
}

moved {
  from = terraform_data.former
  to   = terraform_data.second
}

output "number" {
  value = 9007199254740993
}
EOF
cat >convert.mjs <<'EOF'
import fs from 'node:fs'
import converter from '@cdktf/hcl2json'
const json = await converter.parse('main.tf', fs.readFileSync('native/main.tf', 'utf8'))
fs.writeFileSync('converted/main.tf.json', JSON.stringify(json, null, 1))
console.log(`number ${json.output.number[0].value}`)
EOF
terraform version -json | grep -q '"terraform_version": "1\.11\.' || { echo "this was seen with Terraform 1.11"; exit 1; }
seen=$(
  node convert.mjs
  for syntax in native converted; do
    terraform -chdir="$syntax" init -no-color >/dev/null 2>&1 || true
    { terraform -chdir="$syntax" validate -json || true; } |
      node -e 'const found = JSON.parse(require("fs").readFileSync(0)).diagnostics.filter((one) => one.severity == "error")
        // An expression that does not parse is reported twice.
        const lines = new Map(found.map(({ snippet }) => [snippet.start_line, snippet.code.trim().replace(/,$/, "")]))
        console.log(process.argv[1], lines.size); for (const code of [...lines.values()].sort()) console.log(" ", code)' "$syntax"
  done
)
expected='number 9007199254740992
native 0
converted 7
  "${input}"
  "${terraform_data.second}"
  "${terraform_data.second}"
  "from": "${terraform_data.former}"
  "to": "${terraform_data.second}"
  "type": "${list(string)}"
  "when": "${destroy}"'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
echo "unchanged"
