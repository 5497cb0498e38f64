"""Unit tests of the failover functions.

    python3 -m unittest discover -s functions/failover_tests -t functions

The functions' modules import each other by bare name, as they do in Lambda's task directory. The
payment function's modules are called alike in part, hence a run and a directory of its own.
"""

import sys
from pathlib import Path

# The directory is packed as it is: running the tests must leave no compiled files in it.
sys.dont_write_bytecode = True
SOURCES = Path(__file__).resolve().parent.parent / "failover"
sys.path.insert(0, str(SOURCES))
