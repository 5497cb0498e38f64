#!/usr/bin/env python3
"""Run the examples as a reader would, and compare what they print with what was read.

`NAME.tf.json` beside an example is its whole output. `NAME.added.txt` lists what it adds to the default document, which
`dr-synth diff` has to find and nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
CARGO = os.environ.get("CARGO", "cargo")
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug"


def build() -> None:
    """Build what is run, with the packages that the other suites build with.

    `cargo test --examples` would build the tests of the examples only, under names of their own.
    """
    command = [CARGO, "build", "--workspace", "--examples", "--bins"]
    subprocess.run(command, cwd=ROOT, check=True)


def run(program: str, *arguments: str) -> str:
    """What a program of the crate prints."""
    command = [str(TARGET / program), *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def added(example: str) -> list[str]:
    """The addresses that an example adds to the default document; everything else is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        documents = [Path(folder, name) for name in ("default.tf.json", "example.tf.json")]
        for path, text in zip(documents, (run("dr-synth"), example), strict=True):
            path.write_text(text, encoding="utf-8")
        compared = run("dr-synth", "diff", "--format", "json", *map(str, documents))
    changes = json.loads(compared)["changes"]
    others = [change["address"] for change in changes if change["action"] != "added"]
    if others:
        raise ValueError(f"it changes {others}")
    return [change["address"] for change in changes]


def check(name: str) -> None:
    """One example."""
    printed = run(f"examples/{name}")
    whole, additions = EXAMPLES / f"{name}.tf.json", EXAMPLES / f"{name}.added.txt"
    if whole.exists():
        expected, found = whole.read_text(encoding="utf-8"), printed
    else:
        expected, found = additions.read_text(encoding="utf-8"), "".join(f"{line}\n" for line in added(printed))
    if found != expected:
        raise ValueError("it does not print what was read; see tests/integration/examples.rs")


def main() -> int:
    """Run them all; exit code 1 if any failed."""
    build()
    names = sorted(path.stem for path in EXAMPLES.glob("*.rs"))
    failed = 0
    for name in names:
        try:
            check(name)
            print(f"example {name}: ok")
        except (ValueError, OSError, subprocess.CalledProcessError) as error:
            failed += 1
            print(f"example {name}: {error}", file=sys.stderr)
    print(f"test result: {'FAILED' if failed else 'ok'}. {len(names) - failed} passed; {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
