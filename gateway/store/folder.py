"""The data folder belongs to one gateway at a time."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from branchgate.errors import Refused, RefusedKind

LOCK_NAME = "lock"
"""Name of the lock file inside the data folder; it holds the process id of its owner, for people."""


class DataFolder:
    """Locks a folder for this process, and makes it if need be. Raises Refused (DATA_FOLDER_IN_USE) naming the owner's process id.

    The lock is the kernel's (flock): it ends with the process, however that ends, and leaves nothing to clean up.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(path / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as failure:
            owner = os.read(self._descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise Refused(
                "DATA_FOLDER_IN_USE", field="data", value=path, rule=f"process {owner}", kind=RefusedKind.NOT_NOW
            ) from failure
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode("ascii"), 0)

    def close(self) -> None:
        """Lets the folder go."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> "DataFolder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
