"""The payment function as a container would serve it: HTTP in place of Lambda's events.

The emulator starts this for the image of the tasks, with the task's environment and the port to answer on.
"""

from __future__ import annotations

import os
import sys
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

FUNCTIONS = Path(__file__).resolve().parents[4] / "functions"
sys.path[:0] = [str(FUNCTIONS / "payments"), str(FUNCTIONS / "shared")]

import handler  # noqa: E402


class Front(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Let the payment function answer."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        event = {"httpMethod": self.command, "path": self.path, "resource": self.path, "body": body}
        context: Any = SimpleNamespace(aws_request_id=str(uuid.uuid4()))
        answered = handler.handle(event, context)
        content = answered["body"].encode()
        self.send_response(answered["statusCode"])
        for name, value in {**answered.get("headers", {}), "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer

    def log_message(self, *_: Any) -> None:
        """Leave the log to the function."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Front).serve_forever()
