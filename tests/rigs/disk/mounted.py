"""A lossy disk under a folder, for as long as a test needs it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ENDS_WITHIN_S = 20


def why_not() -> str:
    """Why this machine cannot mount a lossy disk; empty when it can."""
    if importlib.util.find_spec("mfusepy") is None:
        return "mfusepy is not installed"
    if not shutil.which("fusermount3"):
        return "the distribution's package fuse3 is not installed"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse is not there, or not for this user"
    return ""


class LossyDisk:
    """Programs work in `here`; what survives a cut is in `backing`."""

    def __init__(self, folder: Path) -> None:
        self.backing, self.here = folder / "backing", folder / "mounted"
        self.backing.mkdir()
        self.here.mkdir()

    def cut(self, seed: int) -> None:
        """The power goes. Nothing works in here any more."""
        os.setxattr(self.here, "user.cut", str(seed).encode())

    def read_only(self, *, on: bool = True) -> None:
        """As the kernel remounts a file system after errors."""
        os.setxattr(self.here, "user.read_only", str(int(on)).encode())

    def full(self, *, on: bool = True) -> None:
        """No file grows any more."""
        os.setxattr(self.here, "user.full", str(int(on)).encode())


@contextmanager
def lossy_disk(folder: Path) -> Iterator[LossyDisk]:
    """A disk in two new folders inside `folder`. Skips the test where the kernel or the rights of this process do not allow it."""
    disk = LossyDisk(folder)
    command = [sys.executable, "-m", "tests.rigs.disk.lossy", str(disk.backing), str(disk.here)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        if not process.stdout.readline():
            _, said = process.communicate()
            pytest.skip(f"no lossy disk can be mounted here: {(said.strip().splitlines() or ['no reason'])[-1]}")
        try:
            yield disk
        finally:
            subprocess.run(["fusermount3", "-u", "-z", str(disk.here)], check=True, capture_output=True)
            process.communicate(timeout=ENDS_WITHIN_S)
