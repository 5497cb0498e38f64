"""Unit tests of the database's setup.

    python3 -m unittest discover -s functions/database_setup_tests -t functions

The function's modules import each other by bare name, as they do in Lambda's task directory.
"""

import sys
from pathlib import Path

# The directories are packed as they are: running the tests must leave no compiled files in them.
sys.dont_write_bytecode = True
FUNCTIONS = Path(__file__).resolve().parent.parent
SOURCES = [FUNCTIONS / "database_setup", FUNCTIONS / "shared"]
sys.path[:0] = map(str, SOURCES)
