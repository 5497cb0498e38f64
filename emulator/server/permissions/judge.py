"""The process that evaluates policies: `permissions/judge.mjs`, asked over pipes from any thread."""

from __future__ import annotations

import json
import subprocess
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Data = dict[str, Any]

SCRIPT = Path(__file__).resolve().parents[2] / "permissions" / "judge.mjs"
PATIENCE_SECONDS = 60.0


class JudgeError(Exception):
    """A request that cannot be judged."""


@dataclass(frozen=True)
class Verdict:
    """Allowed, ImplicitlyDenied or ExplicitlyDenied, and by which statements."""

    result: str
    allowing: list[dict[str, str]] = field(default_factory=list)
    denying: list[dict[str, str]] = field(default_factory=list)

    @property
    def allowed(self) -> bool:
        """Whether the request may be served."""
        return self.result == "Allowed"


class Judge:
    """The running process. Equal questions are answered once."""

    def __init__(self, node: Path, modules: Path) -> None:
        # Node.js looks for modules beside the script, so the script goes to the modules.
        script = modules / SCRIPT.name
        if not script.exists() or script.read_bytes() != SCRIPT.read_bytes():
            script.write_bytes(SCRIPT.read_bytes())
        self._process = subprocess.Popen(
            [str(node), str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Data]] = {}
        self._known: dict[str, Verdict] = {}
        self._next = 0
        threading.Thread(target=self._read, name="judge", daemon=True).start()

    def ask(self, simulation: Data) -> Verdict:
        """The verdict on a request, as iam-simulate takes it."""
        question = json.dumps(simulation, sort_keys=True)
        known = self._known.get(question)
        if known:
            return known
        answer = self._send(question).result(PATIENCE_SECONDS)
        if "error" in answer:
            raise JudgeError(f"{answer['error']}, asked about {question}")
        verdict = Verdict(answer["result"], answer["allowing"], answer["denying"])
        self._known[question] = verdict
        return verdict

    def close(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=PATIENCE_SECONDS)

    def _send(self, question: str) -> Future[Data]:
        future: Future[Data] = Future()
        with self._lock:
            if self._process.poll() is not None or not self._process.stdin:
                raise JudgeError(f"the process that evaluates policies has ended with {self._process.returncode}")
            self._next += 1
            self._waiting[self._next] = future
            self._process.stdin.write(f'{{"id": {self._next}, "simulation": {question}}}\n')
            self._process.stdin.flush()
        return future

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            answer = json.loads(line)
            self._waiting.pop(answer["id"]).set_result(answer)
        self._process.stdout.close()
        for future in list(self._waiting.values()):
            future.set_result({"error": "the process that evaluates policies has ended"})
