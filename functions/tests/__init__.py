"""Unit tests of the payment function.

    python3 -m unittest discover -s functions/tests -t functions

The function's modules import each other by bare name, as they do in Lambda's task directory.
"""

import sys
from pathlib import Path

# The directory is packed as it is: running the tests must leave no compiled files in it.
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "payments"))
