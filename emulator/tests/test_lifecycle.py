"""Nothing stays behind, however the emulator ends."""

from __future__ import annotations

import signal
import time
import unittest
from pathlib import Path

import psutil

from server.guardian import databases, marked
from tests.support import Emulator, GlobalDatabase


class LifecycleTest(unittest.TestCase):
    """Each test ends an emulator with two running databases in its own way."""

    def leaves_nothing(self, emulator: Emulator) -> None:
        state = Path(emulator.report["state"])
        deadline = time.monotonic() + 20
        while state.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertFalse(state.exists(), "state directory is still there")
        self.assertEqual([p.pid for p in self.servers if p.is_running()], [])
        self.assertEqual(marked(state), [])

    def started(self) -> Emulator:
        emulator = Emulator()
        self.addCleanup(emulator.process.communicate)
        GlobalDatabase(emulator)
        self.servers: list[psutil.Process] = databases(Path(emulator.report["state"]))
        self.assertEqual(len(self.servers), 2)
        return emulator

    def test_closed_stdin(self) -> None:
        emulator = self.started()
        assert emulator.process.stdin
        emulator.process.stdin.close()
        emulator.process.stdin = None
        self.assertEqual(emulator.process.wait(timeout=20), 0)
        self.leaves_nothing(emulator)

    def test_terminated(self) -> None:
        emulator = self.started()
        emulator.process.send_signal(signal.SIGTERM)
        self.assertEqual(emulator.process.wait(timeout=20), 0)
        self.leaves_nothing(emulator)

    def test_killed(self) -> None:
        emulator = self.started()
        emulator.process.kill()
        emulator.process.wait(timeout=20)
        self.leaves_nothing(emulator)

    def test_taken_port(self) -> None:
        with Emulator() as first:
            port = first.endpoint.rpartition(":")[2]
            with self.assertRaisesRegex(RuntimeError, f"cannot listen on 127.0.0.1:{port}"):
                Emulator("--port", port)


if __name__ == "__main__":
    unittest.main()
