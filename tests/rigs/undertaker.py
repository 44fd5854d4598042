"""What a test process has started ends with it, also when it is killed: by hand, for want of memory, or because one test hung.

Gateways of a killed process would run on, hold their ports, and slow down whatever is tested next. So each test process marks the
environment that its children inherit, and starts one process that waits for its end and then ends whatever bears the mark. A parent's
death signal (PR_SET_PDEATHSIG) would not do: it comes when the thread ends that started the child, and the rigs start theirs in threads.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
import uuid
from pathlib import Path
from typing import Final

MARK: Final = "BRANCHGATE_TESTS_OF"
GRACE_S: Final = 3.0
_PROCESSES: Final = Path("/proc")


def pytest_configure() -> None:
    """Mark what this process will start."""
    if sys.platform == "linux":
        os.environ[MARK] = uuid.uuid4().hex
        # Isolated and without site packages, so that coverage does not measure it, and without the mark of those before.
        watch = (sys.executable, "-I", "-S", __file__, str(os.getpid()), os.environ[MARK])
        silence = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
        os.posix_spawn(sys.executable, watch, {}, file_actions=silence, setsid=True)


def bury(parent: int, mark: str) -> None:
    """Waits until `parent` has ended, then ends what bears the mark until nothing does."""
    _await_end(parent)
    # Asked first, because a file system of a rig that is killed stays mounted, dead, in the way of whoever clears away the folder.
    asked, patience_ends = _marked(mark), time.monotonic() + GRACE_S
    _end(asked, signal.SIGTERM)
    for process in asked:
        _await_end(process, max(0.0, patience_ends - time.monotonic()))
    while marked := _marked(mark):
        _end(marked, signal.SIGKILL)


def _await_end(process: int, seconds: float | None = None) -> None:
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(process)
        select.select([handle], [], [], seconds)
        os.close(handle)


def _end(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


def _marked(mark: str) -> list[int]:
    processes = [int(entry.name) for entry in _PROCESSES.iterdir() if entry.name.isdigit()]
    return [process for process in processes if _bears(process, f"{MARK}={mark}".encode())]


def _bears(process: int, mark: bytes) -> bool:
    try:
        return mark in _PROCESSES.joinpath(str(process), "environ").read_bytes().split(b"\0")
    except OSError:
        return False  # it has ended, or belongs to somebody else


if __name__ == "__main__":
    bury(int(sys.argv[1]), sys.argv[2])
