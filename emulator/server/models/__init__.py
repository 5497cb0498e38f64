"""Every request, held against AWS's own models before anything answers it.

`catalog` finds the operation that a request calls, `query`, `bodies` and `rest` read its input in the protocol it came
in, `values` holds that against the model's shapes, `refusals` says no as the service would, `ledger` counts. The models
are botocore's, as pinned; `quirks` lists where they are wrong.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))
