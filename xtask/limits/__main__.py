"""Print which arguments of the bound types AWS limits, and how, as JSON.

    python -m limits SCHEMA     # in xtask/, with the Python of the emulator's environment: its botocore is the pinned one

SCHEMA is schema/aws-VERSION.bindings.json. `cargo xtask models` runs this. AWS publishes models of its APIs, not of
Terraform's arguments: `operations` says which operation makes an object of a type, an argument is then found by its
name, and `exceptions` names those which the name would lead astray.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import botocore

from limits.extract import Extract


def main(schema: Path) -> None:
    """Extract and print."""
    (provider,) = json.loads(schema.read_text())["provider_schemas"].values()
    extract = Extract(provider["resource_schemas"])
    extract.run()
    document = {
        "source": f"botocore {botocore.__version__}",
        "coverage": {
            "mapped": extract.mapped,
            "limited": sum(len(limits) for limits in extract.limits.values()),
            "unmapped": extract.unmapped,
            "patterns_left_out": extract.patterns_left_out,
        },
        "resource": extract.limits,
    }
    json.dump(document, sys.stdout, indent=2, sort_keys=True)
    sys.stdout.write("\n")


main(Path(sys.argv[1]))
