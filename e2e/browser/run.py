#!/usr/bin/env python3
"""Look at what dr-synth draws in headless Chromium, with axe-core as the judge. Standard library only.

Builds dr-synth, makes the reports of a few configurations, and opens them in both themes. Node comes pinned from PyPI, Chromium,
its driver and axe-core from npm; DR_SYNTH_CHROMIUM names another browser. The pictures stay below target/pictures.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from pinned_environment import PinnedEnvironment, SetupError, exclusive  # noqa: E402

NODE = PinnedEnvironment("browser", HERE / "requirements.txt", "DR_SYNTH_BROWSER_CACHE")
CARGO = os.environ.get("CARGO", "cargo")
PICTURES = ROOT / "target" / "pictures"

# A page of every kind: the stack as it comes, a stack with everything, one of somebody else's, and one with nothing in it.
FOREIGN = """
provider "aws" {
  region = "us-east-1"
}

resource "aws_s3_bucket" "invoices" {
}

resource "aws_db_instance" "orders" {
  engine         = "postgres"
  instance_class = "db.m7g.large"
}
"""

GAME_DAY = """{"schema_version": 1, "started_at": 1796000000, "finished": true, "passed": false, "scenarios": [
  {"name": "region-lost", "what": "the primary is cut off", "outcome": "passed", "checks": [],
   "figures": {"rto_seconds": 121.5, "rto_with_aws_promotion_seconds": 240, "acknowledged": 400, "lost": [], "notices": []}},
  {"name": "lossy-day", "what": "the standby lags when the primary is lost", "outcome": "failed", "checks": [],
   "figures": {"rto_seconds": 260, "rpo_seconds": 40, "acknowledged": 390, "lost": ["a", "b"], "notices": []}}]}
"""


def modules(cache: Path) -> Path:
    """The folder with the pinned packages and the script, made if need be."""
    folder = cache / "npm"
    lock = (HERE / "package-lock.json").read_bytes()
    done = folder / "installed"
    with exclusive(cache / "npm.lock"):
        if not done.exists() or done.read_bytes() != lock:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, folder / name)
            node = NODE.ensure(cache).parent
            path = f"{node}{os.pathsep}{os.environ.get('PATH', '')}"
            command = [str(node / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, check=True, stdout=sys.stderr)
            done.write_bytes(lock)
        shutil.copy(HERE / "look.mjs", folder / "look.mjs")
    return folder


def pages(folder: Path) -> list[Path]:
    """Reports of each kind of configuration."""
    program = os.environ.get("DR_SYNTH_BINARY")
    if program is None:
        # As the other suites build: another choice of packages would build the library once more.
        subprocess.run([CARGO, "build", "--quiet", "--workspace", "--bins"], cwd=ROOT, check=True)
        program = str(ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug" / "dr-synth")
    stacks = {
        "default": [],
        "everything": ["--enable", "config,stacksets,xray_encryption"],
        "bare": ["--disable", "waf,backup,dnssec,budget"],
    }
    for name, flags in stacks.items():
        (folder / name).mkdir()
        document = subprocess.run([program, *flags], cwd=folder, check=True, capture_output=True).stdout
        (folder / name / "main.tf.json").write_bytes(document)
    for name, text in {"foreign": FOREIGN, "empty": "locals {\n  a = 1\n}\n"}.items():
        (folder / name).mkdir()
        (folder / name / "main.tf").write_text(text)
    (folder / "gameday.json").write_text(GAME_DAY)
    made = []
    for name in [*stacks, "foreign", "empty"]:
        evidence = ["--evidence", "gameday.json"] if name == "everything" else []
        page = folder / f"report-{name}.html"
        subprocess.run(
            [program, "report", name, "--title", name, "-o", str(page), *evidence],
            cwd=folder,
            check=True,
            stderr=subprocess.DEVNULL,
        )
        made.append(page)
    return made


def main() -> int:
    """Nothing is skipped: what is missing is a failure with its reason."""
    try:
        cache = NODE.default_cache()
        cache.mkdir(parents=True, exist_ok=True)
        node = NODE.ensure(cache).parent / "node"
        folder = modules(cache)
    except (SetupError, OSError, subprocess.CalledProcessError) as error:
        print(f"cannot prepare the browser: {error}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="dr-synth-pages-") as made:
        files = [str(page) for page in pages(Path(made))]
        return subprocess.run([str(node), str(folder / "look.mjs"), str(PICTURES), *files], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
