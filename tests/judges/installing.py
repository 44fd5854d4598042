"""Gets the judges that do not fit the project's own environment: a Python program that needs 3.13, and packages from npm.

They are installed once into the cache folder of scripts/environment (BRANCHGATE_CACHE, default ~/.cache/branchgate), one folder per
state of the locks. Without network or without the right interpreter the tests are skipped and say so.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
PINS: Final = HERE / "emupos.txt"
NPM: Final = HERE / "npm"
PATIENCE_S: Final = 100


class NotHere(Exception):
    """A judge cannot be had on this machine; the text says why."""


def emupos() -> Path:
    """The program of the emulated printer. Raises NotHere."""

    def install(folder: Path) -> None:
        _run([_python_3_13(), "-m", "venv", folder])
        pip: list[str | Path] = [
            folder / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
        ]
        _run([*pip, "--quiet", "--timeout", "10", "--retries", "1", "--requirement", PINS])

    return _installed("emupos", [PINS], install) / "bin" / "emupos"


def node_programs() -> Path:
    """The folder with our little programs and the packages they are made of. Raises NotHere."""

    def install(folder: Path) -> None:
        shutil.copytree(NPM, folder, dirs_exist_ok=True)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=10000"]
        _run([*npm, "--prefix", folder])

    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NotHere("node and npm are not installed")
    return _installed("npm", sorted(path for path in NPM.iterdir() if path.is_file()), install)


def _installed(name: str, locks: Iterable[Path], install: Callable[[Path], None]) -> Path:
    """The folder `install` fills once for this state of the locks; others who want it meanwhile wait."""
    folder = _cache() / f"judge-{name}-{_fingerprint(locks)}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            install(folder)
            (folder / ".complete").touch()
    return folder


def _cache() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("BRANCHGATE_CACHE") or Path(cache) / "branchgate")


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _python_3_13() -> Path:
    named = [shutil.which(name) for name in ("python3.14", "python3.13", "python3")]
    versions = sorted(Path.home().glob(".pyenv/versions/3.1[3-9]*/bin/python"), reverse=True)
    for candidate in (*(Path(name) for name in named if name), *versions):
        question: list[str | Path] = [
            candidate,
            "-c",
            "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 13))",
        ]
        if subprocess.run(question, capture_output=True, check=False).returncode == 0:
            return candidate
    raise NotHere("emupos needs Python 3.13 or newer, and there is none")


def _run(command: list[str | Path]) -> None:
    try:
        subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    except subprocess.CalledProcessError as failed:
        lines = (failed.stderr or failed.stdout).strip().splitlines()
        why = next((line for line in lines if "error" in line.lower()), "it did not say why")
        raise NotHere(f"{Path(command[0]).name} could not install it: {why}") from failed
    except subprocess.TimeoutExpired as slow:
        raise NotHere(f"{Path(command[0]).name} did not finish within {PATIENCE_S} s") from slow
