"""What the checks of Python find, on files that are made wrong on purpose."""

import io
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

import check_python
from check_python import ENVIRONMENT, Program, check_format, check_lint, check_types
from pinned_environment import ROOT

RIGHT = 'def double(number: int) -> int:\n    """Twice the number."""\n    return 2 * number\n'


class CheckPythonTest(unittest.TestCase):
    """A repository of one program in a folder of its own."""

    def setUp(self) -> None:
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.root / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
        self.enterContext(mock.patch.object(check_python, "ROOT", self.root))
        self.enterContext(mock.patch.object(check_python, "PROGRAMS", (Program(("program",), ("program",)),)))
        self.enterContext(mock.patch.object(check_python, "UNTYPED", ()))
        self.bin_folder = ENVIRONMENT.ensure().parent
        self.write("program/doubling.py", RIGHT)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def found(self) -> list[str]:
        """The names of the checks that found something."""
        checks = {"format": check_format, "lint": check_lint, "types": check_types}
        with redirect_stdout(io.StringIO()):
            return [name for name, check in checks.items() if not check(self.bin_folder, False)]

    def test_right(self) -> None:
        self.assertEqual(self.found(), [])

    def test_layout(self) -> None:
        self.write("program/doubling.py", RIGHT.replace("2 * number", "2*number"))
        self.assertEqual(self.found(), ["format"])
        self.assertTrue(check_format(self.bin_folder, True))
        self.assertEqual(self.found(), [])

    def test_lint(self) -> None:
        self.write("program/doubling.py", "import os\n\n\n" + RIGHT)
        self.assertEqual(self.found(), ["lint"])

    def test_missing_annotation(self) -> None:
        self.write("program/doubling.py", RIGHT.replace("number: int", "number"))
        self.assertEqual(self.found(), ["types"])

    def test_wrong_type_of_a_module_found_by_its_bare_name(self) -> None:
        self.write("program/use.py", 'from doubling import double\n\nprint(double("x"))\n')
        self.assertEqual(self.found(), ["types"])

    def test_file_of_no_program(self) -> None:
        self.write("elsewhere/doubling.py", RIGHT)
        self.assertEqual(check_python.unchecked(), ["elsewhere/doubling.py"])
        self.assertEqual(self.found(), ["types"])


class RepositoryTest(unittest.TestCase):
    """The table of programs holds for this repository."""

    def test_every_file_is_named(self) -> None:
        self.assertEqual(check_python.unchecked(), [])

    def test_what_is_named_is_there(self) -> None:
        named = [*check_python.UNTYPED, *(path for one in check_python.PROGRAMS for path in one.paths + one.search)]
        self.assertEqual([path for path in named if not (ROOT / path).exists()], [])


if __name__ == "__main__":
    unittest.main()
