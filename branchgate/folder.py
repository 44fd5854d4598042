"""The data folder of a process: owner-only, and held by one process at a time.

The lock is the kernel's, not the file's existence: a killed process leaves nothing that would keep the next one out.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from branchgate.errors import Refused, RefusedKind

LOCK_NAME = "lock"


class DataFolder:
    """Holds `path` for this process, making it first if need be; a context manager.

    Raises Refused: FOLDER_IN_USE naming the process that holds it, FOLDER_NOT_USABLE when it cannot be made or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = self._taken()

    def _taken(self) -> int:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as failure:
            raise Refused("FOLDER_NOT_USABLE", field="data", value=self.path, rule=failure.strerror or "") from failure
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as failure:
            holder = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
            os.close(lock)
            raise Refused(
                "FOLDER_IN_USE", field="data", value=self.path, rule=f"PID {holder}", kind=RefusedKind.EXISTS
            ) from failure
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)
        return lock

    def release(self) -> None:
        """Lets go of the folder; once is enough, twice does no harm."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> DataFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
