"""Finding the one statement of a call."""

from __future__ import annotations

import unittest

from server.sql_parameters import MultipleStatementsError, single


class SingleStatementTest(unittest.TestCase):
    """Semicolons that end a statement, separate two, or mean nothing."""

    def test_final_semicolon_is_dropped(self) -> None:
        self.assertEqual(single("SELECT 1 ; -- done"), "SELECT 1 ")

    def test_second_statement_is_refused(self) -> None:
        with self.assertRaises(MultipleStatementsError):
            single("SELECT 1; DROP TABLE payments")

    def test_quoted_semicolons_are_text(self) -> None:
        for statement in (
            "SELECT ';'",
            'SELECT ";" FROM t',
            "SELECT 1 /* ; */ + 2",
            "SELECT $$;$$",
            "DO $body$ BEGIN NULL; END $body$",
            "SELECT E'\\';'",
        ):
            self.assertEqual(single(statement), statement)


if __name__ == "__main__":
    unittest.main()
