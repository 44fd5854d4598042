"""A test process that dies takes with it what it has started, and says which test it was."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GONE_WITHIN_S = 30

DIES = """
import os, pathlib, signal, subprocess

def test_that_kills_its_process():
    for what in ("touch tidied; exit", ""):
        script = f"trap '{{what}}' TERM; echo; while true; do sleep 0.1; done"
        left = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True)
        left.stdout.readline()
        with pathlib.Path("left").open("a") as file:
            print(left.pid, file=file)
    os.kill(os.{victim}(), signal.SIGKILL)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds what a process has started in /proc")


@pytest.mark.parametrize("victim", ["getpid", "getppid"], ids=["a worker", "the whole run"])
def test_what_a_killed_test_process_had_started_ends_with_it(tmp_path: Path, victim: str) -> None:
    """Gateways of a worker that was ended ran on after the gate; a file system of a rig stayed mounted, dead."""
    tmp_path.joinpath("test_dies.py").write_text(DIES.format(victim=victim), encoding="utf-8")
    said = _run(tmp_path)
    for process in tmp_path.joinpath("left").read_text(encoding="utf-8").split():
        assert _ends(int(process))
    assert tmp_path.joinpath("tidied").exists()  # it was asked before it was killed
    assert victim == "getppid" or "crashed while running 'test_dies.py::test_that_kills_its_process'" in said


def _ends(process: int) -> bool:
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    ended, _, _ = select.select([handle], [], [], GONE_WITHIN_S)
    os.close(handle)
    return bool(ended)


def _run(folder: Path) -> str:
    """Two workers, as in the gate."""
    command = (sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", ".", "-p", "tests.rigs.undertaker")
    options = ("--numprocesses", "2", "--dist", "loadfile", "--max-worker-restart", "0", "-p", "no:cacheprovider")
    return subprocess.run(
        (*command, *options, "test_dies.py"),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    ).stdout
