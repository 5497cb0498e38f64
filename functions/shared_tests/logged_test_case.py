"""A test case that keeps what the functions log."""

import contextlib
import io
import json
import unittest


class LoggedTestCase(unittest.TestCase):
    """Keeps what the functions log."""

    def setUp(self):
        self.output = io.StringIO()
        redirection = contextlib.redirect_stdout(self.output)
        redirection.__enter__()
        self.addCleanup(redirection.__exit__, None, None, None)

    @property
    def log(self):
        return [json.loads(line) for line in self.output.getvalue().splitlines()]

    def logged(self, happened):
        return [line for line in self.log if line["happened"] == happened]
